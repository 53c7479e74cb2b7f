import { problems } from '#model/problem.ts';

/** Every problem that AccessTemplate documents can have besides their shape. */
export const report = problems('access-template', {
  'built-in-name': {
    title: 'A built-in access template has this name',
    hint: 'Give it a name of its own: what a built-in name means is the same in every landscape.',
  },
});
