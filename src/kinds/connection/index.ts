import { problems } from '#model/problem.ts';
import { looksSecret } from '#model/secret-looking.ts';
import type { Kind } from '../kind.ts';
import { ConnectionSpec } from './spec.ts';

/** Every problem that Connection documents can have. */
const report = problems('connection', {
  'secret-in-clear': {
    hides: true,
    title: 'A secret stands here in clear',
    hint: 'Keep it in a secret store and write `${secret.STORE.KEY}`. What was committed is known: replace it.',
  },
});

const rules: NonNullable<Kind['rules']> = (resource, _around, reportAt) => {
  for (const [key, value] of Object.entries((resource.spec as ConnectionSpec).properties ?? {}))
    if (looksSecret(key, String(value)))
      reportAt(
        details => report('secret-in-clear', details),
        ['properties', key],
        `The value of \`${key}\` looks like a secret.`,
      );
};

/** A named outside system: where it is and how connectors talk to it, per environment. */
export const connection: Kind = {
  name: 'Connection',
  plural: 'connections',
  description: 'A named outside system: its address, and properties and secrets for the connectors that use it.',
  writtenBy: 'tenant',
  lives: 'environment',
  spec: ConnectionSpec,
  problems: report,
  rules,
};
