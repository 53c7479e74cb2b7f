import type { Dispatcher } from 'undici';

/** The answer to a read that seems to have been lost. */
class Lost extends Error {
  readonly code = lostCode;
}
export const lostCode = 'KAAS_ANSWER_LOST';

/** A request that was sent and not answered yet; times are milliseconds of `performance.now()`. */
export interface Waiting {
  readonly started: number;
  readonly controller: Dispatcher.DispatchController;
}

/**
 * Tells what a server forgot from what it is still busy with: a read that has waited for `afterMs` while requests that were sent later have been answered is
 * given up with `KAAS_ANSWER_LOST`, up to the same time later. One timer for all requests to a server.
 */
export class LostAnswers {
  readonly #afterMs: number;
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  /** When the youngest request that was answered had been sent. */
  #youngest = 0;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  watch(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#timer ??= setInterval(() => this.#look(), this.#afterMs);
  }

  answered(started: number): void {
    this.#youngest = Math.max(this.#youngest, started);
  }

  forget(waiting: Waiting | undefined): void {
    if (waiting === undefined || !this.#waiting.delete(waiting) || this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const now = performance.now();
    for (const { started, controller } of this.#waiting)
      if (now - started >= this.#afterMs && this.#youngest > started)
        controller.abort(new Lost('Requests that were sent later have been answered.'));
  }
}
