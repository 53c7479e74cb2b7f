/** What one node of a local cluster is: its number, its ports, who else is there. */
export interface NodePlan {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
}

/**
 * The configuration of one combined broker and controller: SASL/SCRAM for clients and brokers, the standard authorizer, no automatic topics, loopback
 * only. Sessions are short (a restart is back in seconds) and the controller appends at once, which real clusters do not: both serve development.
 */
export function serverProperties(
  node: NodePlan,
  nodes: readonly NodePlan[],
  dataDirectory: string,
  admin: { user: string; password: string },
): string {
  const replicas = Math.min(3, nodes.length);
  const scram = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${admin.user}" password="${admin.password}";`;
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes.map(each => `${each.id}@127.0.0.1:${each.controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `CLIENT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${node.port}`,
    'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512,SCRAM-SHA-256',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.client.scram-sha-512.sasl.jaas.config': scram,
    'listener.name.client.scram-sha-256.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${admin.user}" password="${admin.password}" user_${admin.user}="${admin.password}";`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${admin.user}`,
    'delegation.token.secret.key': admin.password,
    'auto.create.topics.enable': false,
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
    'log.dirs': dataDirectory,
  };
  return `${Object.entries(settings)
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
