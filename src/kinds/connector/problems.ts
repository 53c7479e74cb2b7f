import { problems } from '#model/problem.ts';

/** Every problem that Connector documents can have. */
export const report = problems('connector', {
  'secret-in-clear': {
    hides: true,
    title: 'A secret stands here in clear',
    hint: 'Keep it in a secret store and write `${secret.STORE.KEY}`. What was committed is known: replace it.',
  },
  'own-field': { title: 'This has a field of its own', hint: 'Write `class` and `name` in the spec, not in `config`.' },
  'foreign-connect': {
    title: 'This reaches into another environment',
    hint: 'Patch `connect` under `environments/<env>/`, or name the Connect cluster alone.',
  },
  'other-cluster': {
    title: 'The Connect cluster belongs to another cluster than the connector',
    hint: 'Select the cluster with `metadata.clusters`, or name the Connect cluster alone.',
  },
  'mechanism-fixed': {
    title: 'The connector would not get through a rotation',
    hint: 'A rotated password is under the other SCRAM mechanism. Set `sasl.mechanism` beside it (`producer.override.sasl.mechanism` …) to that reference.',
  },
  'bad-name': {
    title: 'Connect could not be told about a connector of this name',
    hint: 'Leave out / \\ % { }, control characters and blanks at the ends: the workers refuse every address with such a name, or call the connector otherwise.',
  },
});

/** Codes of reasons and faults. */
export const reasons = {
  classMissing: 'connector/class-missing',
  invalidConfig: 'connector/invalid-config',
  secretMissing: 'connector/secret-missing',
  failed: 'connector/failed',
  deleted: 'connector/stops-for-good',
  otherClass: 'connector/other-class',
  otherSecret: 'connector/other-secret',
  halted: 'connector/halted',
  slot: 'connector/replication-slot',
  offsets: 'connector/offsets',
  reset: 'connector/starts-over',
  notStopped: 'connector/not-stopped',
  stopped: 'connector/stopped',
  badName: 'connector/bad-name',
} as const;
