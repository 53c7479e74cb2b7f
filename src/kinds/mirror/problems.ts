import { problems } from '#model/problem.ts';

/** Every problem that Mirror documents can have. */
export const report = problems('mirror', {
  'unknown-cluster': {
    title: 'There is no such cluster to mirror from',
    hint: 'Name a logical cluster of this environment, a KafkaCluster, or ENVIRONMENT/CLUSTER.',
  },
  'ambiguous-cluster': { title: 'Several environments use this cluster', hint: 'Write ENVIRONMENT/CLUSTER.' },
  'same-cluster': { title: 'A cluster cannot be mirrored to itself' },
  loop: {
    title: 'Two mirrors copy the same records to and fro',
    hint: 'Leave `replicationPolicy: identity` to one of them, or let them carry different topics.',
  },
  twice: {
    title: 'Two mirrors write the same records twice',
    hint: 'Let them carry different topics, or make one of them: both write to the same topics.',
  },
  'unknown-topic': {
    title: 'There is no such topic where the mirror reads',
    hint: 'Declare it (with `managed: false` where it shall be left alone), or name a prefix that ends in `*`.',
  },
  'bad-pattern': {
    title: 'No name and no prefix',
    hint: 'A `*` stands at the end of a prefix and nowhere else; write several prefixes instead.',
  },
  'other-prefix': {
    title: "The mirror's topics are outside this environment",
    severity: 'warning',
    hint: 'Leave out `replicationPolicy: identity`, or let both environments have one prefix: no document here can name these topics.',
  },
  'two-owners': {
    title: 'A topic of the mirror is declared on the target too',
    severity: 'warning',
    hint: "Write `sync.topic.configs.enabled: false` below `config`: else MirrorMaker and the document set the topic's configuration in turn.",
  },
  'bad-account': {
    title: 'The mirror cannot read as this account',
    hint: "Name a ServiceAccount with SCRAM of the source's environment, on a cluster that asks for passwords.",
  },
  'own-field': { title: 'The mirror sets this itself', hint: 'Use the field of the spec that it comes from.' },
  'secret-in-clear': {
    title: 'A secret stands here in clear',
    hint: 'A mirror logs in as the KafkaCluster documents say. What was committed is known: replace it.',
  },
});

/** Why a mirror waits: a code of reasons. */
export const waitsForConsent = 'mirror/waiting-for-consent';
