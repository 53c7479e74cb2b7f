import type { KindRegistry } from '#flow/load.ts';
import type { Outside, Progress } from '#flow/outside.ts';
import type { Sealing } from '#ports/sealing.ts';

/** What a started local Kafka tells the person who wants to use it. Holds no secret. */
export interface LocalKafka {
  readonly cluster: string;
  readonly bootstrapServers: readonly string[];
  /** A client properties file of the admin, readable by its owner alone. */
  readonly adminProperties: string;
  readonly running: boolean;
  /** Where the schema registry answers, if one was started beside it and runs. */
  readonly schemaRegistry?: string;
  /** Where the Connect worker answers, likewise. */
  readonly connect?: string;
}

/** What can stand beside the brokers of a local cluster. */
export const besides = ['connect', 'schema-registry'] as const;
export type Beside = (typeof besides)[number];

/** The real servers of a laptop, kept under `<root>/.kaas/up/`. */
export interface LocalServers {
  start(order: {
    root: string;
    cluster: string;
    brokers: 1 | 3;
    /** What shall stand beside them. */
    beside: readonly Beside[];
    signal: AbortSignal;
    log(line: string): void;
  }): Promise<LocalKafka>;
  /** False when nothing ran. */
  stop(root: string, cluster: string): Promise<boolean>;
  read(root: string, cluster: string): Promise<LocalKafka | undefined>;
  /** Names of the clusters that have a state here. */
  list(root: string): Promise<string[]>;
}

export interface OpenOptions {
  /** Plan against empty clusters and an empty ledger; nothing outside is touched. */
  readonly offline: boolean;
  progress(event: Progress): void;
}

/** All that the command line asks of the process that it runs in; `main.ts` hands it in. */
export interface Host {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Which of the streams are terminals. */
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  write(text: string): void;
  log(text: string): void;
  /** One line from the person at the terminal; empty at the end of input. */
  ask(question: string): Promise<string>;
  /** All of standard input, at most this many bytes; undefined where there is more. */
  input(mostBytes: number): Promise<Uint8Array | undefined>;
  kinds(): Promise<KindRegistry>;
  /** Seals with public keys and opens with those of this machine. */
  sealing(root: string): Promise<Sealing>;
  /** Opens a landscape; what it opens on the way is closed with it. */
  open(root: string, options: OpenOptions): Promise<Outside & AsyncDisposable>;
  readonly local: LocalServers;
}
