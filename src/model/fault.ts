/** When the same call may be tried again: at once, after a time, or not before an input changes. */
export type Retry = 'now' | 'later' | 'never';

/**
 * The outside failed. Thrown by targets, caught in read-live and apply, where it becomes an outcome or a problem of the cluster concerned.
 * `code` is the outside's own word in lower case with its target in front (`kafka/unreachable`, `kafka/not-authorized`).
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly retry: Retry;
  readonly retryAfterMs: number | undefined;
  /** What a person can do about it. */
  readonly remedy: string | undefined;
  constructor(
    code: string,
    message: string,
    options: { retry?: Retry; retryAfterMs?: number; remedy?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? 'never';
    this.retryAfterMs = options.retryAfterMs;
    this.remedy = options.remedy;
  }
}

/** What happened to one item of a batched call. A refused item never throws: its neighbours' results stand beside it. */
export type ItemResult<Value = void> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: Fault };

export const succeeded: ItemResult = { ok: true, value: undefined };
export const refused = (fault: Fault): { ok: false; fault: Fault } => ({ ok: false, fault });
