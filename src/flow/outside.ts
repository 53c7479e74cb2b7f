import type { ClusterPorts } from '#kinds/kind.ts';
import type { KafkaClusterSpec, LandscapeSpec } from '#model/frame/frame.ts';
import type { Redacted } from '#model/redacted.ts';
import type { SecretStores } from '#model/secret-store.ts';
import type { Documents } from '#ports/documents.ts';
import type { LandscapeFiles } from '#ports/landscape-files.ts';
import type { RightTexts } from '#ports/right-texts.ts';
import type { Secrets } from '#ports/secrets.ts';
import type { Store } from '#ports/store.ts';
import type { KindRegistry } from './load.ts';

export interface Progress {
  /** What is being done, in words: `reading topics on main`. */
  readonly step: string;
  readonly done?: number;
  readonly total?: number;
}

/** All that the flow asks of the world around it; `main.ts` hands it in. Time, randomness and ids come in as values. */
export interface Outside {
  readonly kinds: KindRegistry;
  readonly files: LandscapeFiles;
  readonly documents: Documents;
  /** What earlier runs found right; absent: everything is checked. */
  readonly rightTexts?: RightTexts | undefined;
  /** The store that the landscape names; opened once, closed by the owner of this value. */
  store(landscape: LandscapeSpec): Promise<Store>;
  /** Hears of all KafkaClusters of the landscape before one is opened: what runs on one of them may log in to others (`clusterLogin`). */
  announce?(clusters: ReadonlyMap<string, KafkaClusterSpec>): void;
  /** The ports of one KafkaCluster, with the secret stores that its environment declares; opened once each. Throws a `Fault`. */
  cluster(name: string, spec: KafkaClusterSpec, stores?: SecretStores): Promise<ClusterPorts>;
  /** Those stores alone, by `storeName`. Nothing is reached before it is used. */
  secrets(stores?: SecretStores): (name: string) => Secrets;
  now(): Date;
  sleep(ms: number): Promise<void>;
  id(): string;
  password(): Redacted;
  /** `sha256:…` of a text. */
  digest(text: string): string;
  /** Who is at work, as the journal names them. */
  actor(): Promise<string>;
  readonly signal: AbortSignal;
  progress(event: Progress): void;
}
