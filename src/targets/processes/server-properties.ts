import type { Redacted } from '#model/redacted.ts';

/** What one node of a local cluster is: its number, its ports, who else is there. */
export interface NodePlan {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** The ports of the extra listeners, by name. */
  readonly extraPorts?: Readonly<Record<string, number>>;
}

/** One more way in. `settings` go under `listener.name.<name>.`: the key store of TLS, `plain.sasl.jaas.config`, the keys of OAUTHBEARER tokens. */
export interface ExtraListener {
  /** Capital letters, such as `MUTUAL`. */
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly mechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PropertiesPlan {
  readonly node: NodePlan;
  readonly nodes: readonly NodePlan[];
  readonly dataDirectory: string;
  readonly admin: { readonly user: string; readonly password: Redacted };
  readonly extraListeners: readonly ExtraListener[];
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The configuration of one combined broker and controller: SASL/SCRAM for clients and brokers, the standard authorizer, no automatic topics, loopback
 * only. Sessions are short (a restart is back in seconds) and the controller appends at once, which real clusters do not: both serve development.
 */
export function serverProperties({ node, nodes, dataDirectory, admin, extraListeners, settings }: PropertiesPlan): string {
  const replicas = Math.min(3, nodes.length);
  const login = `username="${admin.user}" password="${admin.password.reveal()}"`;
  const scram = `org.apache.kafka.common.security.scram.ScramLoginModule required ${login};`;
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required ${login} user_${admin.user}="${admin.password.reveal()}";`;
  const extra = extraListeners.map(listener => ({ ...listener, port: node.extraPorts?.[listener.name] }));
  const open = [`CLIENT://127.0.0.1:${node.port}`, ...extra.map(each => `${each.name}://127.0.0.1:${each.port}`)].join(',');
  const ours: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes.map(each => `${each.id}@127.0.0.1:${each.controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `${open},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': open,
    'listener.security.protocol.map': [
      'CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
      ...extra.map(each => `${each.name}:${each.protocol}`),
    ].join(','),
    'inter.broker.listener.name': 'CLIENT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512,SCRAM-SHA-256',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.client.scram-sha-512.sasl.jaas.config': scram,
    'listener.name.client.scram-sha-256.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': plain,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${admin.user}`,
    'delegation.token.secret.key': admin.password.reveal(),
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'log.index.size.max.bytes': 65_536,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 300,
    'controller.quorum.append.linger.ms': 0,
    // A node of Kafka 4.3.1 that replays its whole log forgets SCRAM users when one was removed; one that begins with a snapshot does not.
    'metadata.log.max.snapshot.interval.ms': 1_000,
    'metadata.max.idle.interval.ms': 0,
    'metadata.max.retention.bytes': 20_971_520,
    'log.dirs': dataDirectory,
  };
  for (const { name, mechanism, settings: own = {} } of extra) {
    const prefix = `listener.name.${name.toLowerCase()}.`;
    if (mechanism !== undefined) ours[`${prefix}sasl.enabled.mechanisms`] = mechanism;
    for (const [key, value] of Object.entries(own)) ours[prefix + key] = value.replaceAll('\n', '\\n');
  }
  return `${Object.entries({ ...ours, ...settings })
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** Warnings and errors to the standard output, which goes to a file. */
export const loggingProperties = `status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{1}: %m%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
`;
