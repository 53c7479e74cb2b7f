import type { KindRegistry } from '#flow/load.ts';
import type { Outside } from '#flow/outside.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { Paint } from './views/paint.ts';

export const formats = ['text', 'json', 'markdown', 'sarif', 'junit', 'name'] as const;
export type Format = (typeof formats)[number];

export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** What a running command may use. */
export interface Context {
  readonly host: Host;
  /** The landscape's folder, absolute. */
  readonly root: string;
  readonly format: Format;
  /** For what is printed: the colours of stdout. */
  readonly paint: Paint;
  /** For what is logged: the colours of stderr, which may be a terminal where stdout is none. */
  readonly logPaint: Paint;
  readonly signal: AbortSignal;
  /** The result, to stdout; a line break is added where it lacks one. */
  print(text: string): void;
  /** Anything else, to stderr. */
  log(text: string): void;
  /** Opens the landscape once; closed when the command ends. */
  open(options?: { offline?: boolean }): Promise<Outside>;
  kinds(): Promise<KindRegistry>;
}

export interface Argument {
  /** `ENV`, `[ENV]`, `[ENV...]`: as in the usage line. */
  readonly name: string;
  readonly description: string;
}

export interface Option {
  /** `--out <file>`, `--tenant <name>`, `--yes`. */
  readonly flags: string;
  readonly description: string;
  readonly repeatable?: boolean;
  readonly default?: string;
  readonly choices?: readonly string[];
}

/** One command: what help, completion and the reference say about it, and what it does. Heavy modules are imported inside `run`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  /** Formats beside `text` that it can print. */
  readonly formats: readonly Exclude<Format, 'text'>[];
  /** Left out of help: called by programs. */
  readonly hidden?: boolean;
  /** Command lines without `kaas`, each with what it is for: help and reference end with them. */
  readonly examples?: readonly (readonly [line: string, meaning: string])[];
  /** A paragraph for help and reference. */
  readonly details?: string;
  run(context: Context, args: readonly string[], options: Options): Promise<ExitCode>;
}
