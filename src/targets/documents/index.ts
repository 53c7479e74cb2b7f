import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Documents, DocumentText, ParsedFile } from '#ports/documents.ts';
import { type Cache, openCache } from './cache.ts';
import { report } from './problems.ts';

const deadlineMs = 2_000;
const firstAnswerMs = 10_000;
/** Above this much text a second worker pays for its start. */
const secondWorkerAbove = 400_000;

/**
 * The port on `yaml` in worker threads with a deadline per file and a bounded heap. With `cacheFile`, files known by content are not parsed again; where there
 * is none yet, all will have to be parsed, and a worker begins to start at once, beside whatever else the caller has to load.
 */
export function createDocuments(options: { readonly cacheFile?: string } = {}): Documents {
  let cache: Cache | undefined;
  const spare = new Spare();
  if (options.cacheFile !== undefined && !existsSync(options.cacheFile)) spare.start();
  return {
    async parse(texts, signal) {
      cache ??= openCache(options.cacheFile);
      const results: ParsedFile[] = new Array(texts.length);
      const unknown: { text: DocumentText; index: number }[] = [];
      texts.forEach((text, index) => {
        const known = cache?.get(text);
        if (known === undefined) unknown.push({ text, index });
        else results[index] = known;
      });
      const size = unknown.reduce((sum, { text }) => sum + text.text.length, 0);
      const halves =
        size > secondWorkerAbove ? [unknown.filter((_, i) => i % 2 === 0), unknown.filter((_, i) => i % 2 === 1)] : [unknown];
      await Promise.all(halves.map(half => parseAll(half, { results, spare, signal })));
      for (const { text, index } of unknown) cache.set(text, results[index] as ParsedFile);
      return results;
    },
    async [Symbol.asyncDispose]() {
      cache?.save();
      await spare.take()?.terminate();
    },
  };
}

const startWorker = (): Worker =>
  new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './documents-worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64, stackSizeMb: 8 },
  });

/** A worker that nobody uses yet. It keeps no process alive, and one that broke is none. */
class Spare {
  #worker: Worker | undefined;

  start(): void {
    this.#worker = startWorker();
    this.#worker.unref();
    this.#worker.once('error', () => (this.#worker = undefined));
  }

  take(): Worker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners('error');
    worker?.ref();
    return worker;
  }
}

/** One worker at a time; a file over its deadline or memory costs that file and a new worker, nothing else. */
async function parseAll(
  texts: readonly { text: DocumentText; index: number }[],
  { results, spare, signal }: { results: ParsedFile[]; spare: Spare; signal: AbortSignal | undefined },
): Promise<void> {
  let next = 0;
  while (next < texts.length) {
    signal?.throwIfAborted();
    const rest = texts.slice(next);
    const done = await parseUntilStuck(
      spare.take() ?? startWorker(),
      rest.map(each => each.text),
      (position, parsed) => {
        results[(rest[position] as { index: number }).index] = parsed;
      },
    );
    next += done;
    const stuck = texts[next];
    if (done < rest.length && stuck !== undefined) {
      const at = { file: stuck.text.file, line: 1, column: 1 };
      results[stuck.index] = {
        file: stuck.text.file,
        documents: [],
        problems: [report('too-slow', { message: `Reading it took more than ${deadlineMs / 1_000} s or too much memory.`, at })],
      };
      next++;
    }
  }
}

function parseUntilStuck(
  worker: Worker,
  texts: readonly DocumentText[],
  take: (position: number, parsed: ParsedFile) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let done = 0;
    let timer: NodeJS.Timeout | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      worker.on('error', () => {});
      void worker.terminate().then(settle);
    };
    const wait = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(() => resolve(done)), ms);
    };
    worker.on('message', (parsed: ParsedFile) => {
      take(done++, parsed);
      if (done === texts.length) finish(() => resolve(done));
      else wait(deadlineMs);
    });
    worker.on('error', (error: NodeJS.ErrnoException) =>
      finish(() => (error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error instanceof RangeError ? resolve(done) : reject(error))),
    );
    wait(firstAnswerMs);
    worker.postMessage(texts);
  });
}
