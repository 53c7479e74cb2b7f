import { problems } from '#model/problem.ts';

/** Every problem that Schema documents can have. */
export const report = problems('schema', {
  'no-text': { title: 'A schema has one text', hint: 'Write `file` or `definition`, and not both.' },
  invalid: { title: 'The schema cannot be read' },
  cycle: { title: 'Schemas refer to each other in a circle' },
  'too-many-references': {
    title: 'Too many schemas stand behind this one',
    hint: 'At most 100, those that they refer to included.',
  },
  'unconsented-reference': {
    title: "Another tenant's schema needs that tenant's consent",
    hint: 'Ask its owner for a Grant with `schemas: [NAME]`.',
  },
  'not-promotable': {
    title: 'The schema of the environment before could not follow this one',
    severity: 'warning',
    hint: 'Change the schema there to one that can follow, or set another `compatibility` here.',
  },
  'shared-registry': {
    title: 'A subject named by its record would be shared between environments',
    hint: 'Clients derive such a subject, so it takes no prefix: give the environment a registry or a registry context of its own.',
  },
});

/** Codes of reasons that a plan gives. */
export const reasons = {
  incompatible: 'schema/incompatible',
  olderVersion: 'schema/older-version',
  readOnly: 'schema/read-only',
  noSuchVersion: 'schema/no-such-version',
  canComeBack: 'schema/can-come-back',
  dependents: 'schema/dependents',
  stillReferred: 'schema/still-referred',
  recordBehindPrefix: 'schema/record-behind-prefix',
} as const;
