export { connectSecrets } from './connect-worker.ts';
export { findJava } from './java.ts';
export { kafkaJars } from './kafka-jars.ts';
export { type Beside, besides, bootstrapServers, type LocalKafka, readLocalKafka, runningPids } from './local-state.ts';
export type { ExtraListener } from './server-properties.ts';
export { besideUrl, startBeside } from './start-beside.ts';
export { type StartOptions, startKafka } from './start-kafka.ts';
export { stopKafka } from './stop-kafka.ts';
