import type { Json } from '#model/json.ts';
import type { Problem } from '#model/problem.ts';

/** One YAML document of a file. `marks` as in `Located`. */
export interface ParsedDocument {
  readonly value: Json;
  readonly marks: Int32Array;
}

export interface ParsedFile {
  readonly file: string;
  /** Documents that hold nothing but comments are left out. */
  readonly documents: readonly ParsedDocument[];
  readonly problems: readonly Problem[];
}

export interface DocumentText {
  /** Relative to the landscape's root; only used in positions. */
  readonly file: string;
  readonly text: string;
}

/**
 * Parses untrusted YAML strictly: no duplicate keys, no merge keys, no custom tags, aliases bounded, size, depth and time bounded; each breach is a
 * problem with its place (`documents/…`), of scope `tenant`, and its document is left out; the others of the file stand. Results come in the order of the texts, each as soon as it is known.
 */
export interface Documents extends AsyncDisposable {
  parse(texts: readonly DocumentText[], signal?: AbortSignal): AsyncIterable<ParsedFile>;
}
