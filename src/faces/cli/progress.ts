import type { Progress } from '#flow/outside.ts';

const showAfterMs = 1_000;
const redrawMs = 100;

/** One line on the terminal that says what is being done, from the second second on; `stop` takes it away. */
export function progressLine(write: (text: string) => void, terminal: boolean) {
  let last: Progress | undefined;
  let drawn = false;
  if (!terminal) return { report: (_event: Progress) => {}, stop: () => {} };
  const started = performance.now();
  const timer = setInterval(() => {
    if (last === undefined || performance.now() - started < showAfterMs) return;
    const amount = last.total === undefined ? '' : ` ${last.done ?? 0}/${last.total}`;
    write(`\r\u001b[K${last.step}${amount}`);
    drawn = true;
  }, redrawMs);
  timer.unref();
  return {
    report: (event: Progress) => {
      last = event;
    },
    stop: () => {
      clearInterval(timer);
      if (drawn) write('\r\u001b[K');
    },
  };
}
