import type { Reason } from '#model/change.ts';
import { problems } from '#model/problem.ts';

/** Every problem that Quota documents can have. */
export const report = problems('quota', {
  'no-entity': { title: 'The quota is for nobody', hint: 'Name an account, user, client id or ip, or a default.' },
  'two-users': { title: 'The quota names its user twice', hint: 'Write one of `serviceAccount`, `user` and `default: [user]`.' },
  'ip-alone': { title: 'An ip quota stands alone', hint: 'Remove user and clientId, and limit connection_creation_rate only.' },
  'name-the-account': {
    title: 'This user has a prefix here',
    hint: 'Write `serviceAccount: NAME`; `user` is the name on the broker, without any prefix put before it.',
  },
  'not-your-account': { title: 'The account belongs to somebody else', hint: 'A tenant limits accounts of its own.' },
  'platform-only': {
    title: 'Only the platform may limit this',
    hint: 'Quotas on ip addresses, client ids alone, defaults and users by name stand under platform/.',
  },
  'bad-limit': { title: 'This is no limit', hint: 'A positive number; byte rates are whole numbers or sizes such as 1MiB.' },
});

/** Why import leaves limits out: a document would mean another account. */
export const namesake: Reason = {
  code: 'quota/namesake',
  message: 'Its user has a namesake behind the prefix, whom a document would mean.',
};
