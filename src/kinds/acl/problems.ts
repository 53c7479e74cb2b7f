import type { Reason } from '#model/change.ts';
import { problems } from '#model/problem.ts';

/** Every problem that Acl documents can have. */
export const report = problems('acl', {
  'no-principal': { title: 'The rule is for nobody', hint: 'Name a `serviceAccount` or a `principal`, and not both.' },
  senseless: {
    title: 'This rule has no effect',
    severity: 'warning',
    hint: 'It is applied as declared; remove it if nothing else needs it.',
  },
  'cluster-name': {
    title: 'The broker refuses this name of the cluster',
    hint: 'The cluster resource is called `kafka-cluster`.',
  },
  'platform-only': {
    title: 'Only the platform may grant this',
    hint: 'Rules on cluster, users, delegation tokens and `*` stand under platform/.',
  },
  'not-your-principal': {
    title: 'The principal is not given to this tenant',
    hint: 'Use an account of your own, or let the platform list the principal in the Tenant.',
  },
  'not-your-resource': { title: 'The resource belongs to somebody else', hint: 'Ask its owner for a Grant and use Access.' },
});

/** Why import leaves a rule out: an account behind the prefix has the name that its principal would have in a document. */
export const namesake: Reason = {
  code: 'acl/namesake',
  message: 'Its principal has a namesake behind the prefix, whom a document would give the right.',
};
/** Why import leaves a rule out: behind the prefix no document can say so little. */
export const widened: Reason = {
  code: 'acl/prefix-would-widen',
  message: 'Behind the prefix a document for it would mean every name there.',
};
