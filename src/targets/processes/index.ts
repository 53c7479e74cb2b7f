export { findJava } from './java.ts';
export { kafkaJars } from './kafka-jars.ts';
export { bootstrapServers, type LocalKafka, readLocalKafka, runningPids } from './local-state.ts';
export type { ExtraListener } from './server-properties.ts';
export { type StartOptions, startKafka } from './start-kafka.ts';
export { stopKafka } from './stop-kafka.ts';
