import type { ItemResult } from '#model/fault.ts';
import type { RequestCounts } from './connection.ts';

export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON';
export const compatibilities = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type Compatibility = (typeof compatibilities)[number];
export type SubjectMode = 'READWRITE' | 'READONLY' | 'IMPORT';

/** Another schema that a schema imports: under `name` in its text, registered as this version of this subject. */
export interface SchemaReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as it is sent to a registry. */
export interface SchemaText {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

/** One version of a subject as the registry keeps it. */
export interface SubjectVersion extends SchemaText {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
}

/** What is set on a subject itself; null where the registry's own setting holds. */
export interface SubjectSettings {
  readonly compatibility: Compatibility | null;
  readonly mode: SubjectMode | null;
}

export interface SubjectSchema {
  readonly subject: string;
  readonly schema: SchemaText;
  /** Ask the registry to normalise before it compares. */
  readonly normalize: boolean;
}

/** The registry's own verdict on a new version of a subject; the messages are its own and may be none. */
export interface CompatibilityVerdict {
  readonly compatible: boolean;
  readonly messages: readonly string[];
}

/**
 * What we need of a schema registry that speaks Confluent's REST API. Many items go in one call, a bounded number of requests at a time; one item's refusal
 * is its result, never its neighbours'. A registry that is down, slow, answers half or with a page of HTML throws a `Fault` (`registry/…`): never an empty list.
 */
export interface SchemaRegistry extends AsyncDisposable {
  readonly requests: RequestCounts;
  /** Which product and release it is, where it says so, and how many subjects it shows us. */
  describe(): Promise<{ readonly release: string | null; readonly subjects: number }>;
  /** The latest version of every subject that is not deleted, by subject. Where the registry lists them one by one, only of those in `of` (all without it). `hear` is told of each as it comes, beside those still on their way. */
  latest(of?: ReadonlySet<string>, hear?: (version: SubjectVersion) => void): Promise<Map<string, SubjectVersion>>;
  /** All versions of these subjects, oldest first. */
  versions(subjects: readonly string[]): Promise<Map<string, readonly SubjectVersion[]>>;
  /** What is set on these subjects; an unknown subject has nothing set. A registry that cannot tell (Apicurio) answers its own setting where nothing is set. */
  settings(subjects: readonly string[]): Promise<Map<string, SubjectSettings>>;
  /** What holds where a subject sets nothing. */
  defaults(): Promise<{ readonly compatibility: Compatibility; readonly mode: SubjectMode }>;
  /** Would the registry accept these as next versions? Writes nothing. A refusal (an invalid schema, a missing right) is a failed item. */
  check(schemas: readonly SubjectSchema[]): Promise<ItemResult<CompatibilityVerdict>[]>;
  /** The version under which the subject has this very schema; null: it has not. */
  find(schemas: readonly SubjectSchema[]): Promise<ItemResult<number | null>[]>;
  /** Registers new versions; repeated with the same text it returns the version that is there. */
  register(schemas: readonly SubjectSchema[]): Promise<ItemResult<number>[]>;
  /** Sets, or with null takes away, what a subject sets itself; absent members stay. */
  configure(settings: readonly ({ readonly subject: string } & Partial<SubjectSettings>)[]): Promise<ItemResult[]>;
  /** How many schemas refer to any version of these, each of which keeps the subject from going; a registry may count those that were deleted softly, which it lets come back. */
  referrers(subjects: readonly string[]): Promise<Map<string, number>>;
  /** Soft deletion of all versions: they can be brought back. What was set on the subject goes with it. A subject that is not there is no failure, one that others refer to is (`registry/referenced`). */
  remove(subjects: readonly string[]): Promise<ItemResult[]>;
}
