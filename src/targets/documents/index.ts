import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Documents, DocumentText, ParsedFile } from '#ports/documents.ts';
import { type Cache, openCache } from './cache.ts';
import { report } from './problems.ts';

const deadlineMs = 4_000;
const firstAnswerMs = 10_000;
/** Above this much text a second worker pays for its start. */
const secondWorkerAbove = 400_000;
/** In characters: each batch costs a few milliseconds of waiting for the next. */
const batchSize = 400_000;

/**
 * The port on `yaml` in worker threads with a deadline per file and a bounded heap. With `cacheFile`, files known by content are not parsed again; where there
 * is none yet, all will have to be parsed, and a worker begins to start at once, beside whatever else the caller has to load.
 */
export function createDocuments(options: { readonly cacheFile?: string } = {}): Documents {
  let cache: Cache | undefined;
  const spare = new Spare();
  if (options.cacheFile !== undefined && !existsSync(options.cacheFile)) spare.start();
  return {
    async *parse(texts, signal) {
      const known = (cache ??= openCache(options.cacheFile));
      const results = texts.map(text => known.get(text));
      const unknown = texts.flatMap((text, index) => (results[index] === undefined ? [{ text, index }] : []));
      const size = unknown.reduce((sum, { text }) => sum + text.text.length, 0);
      const queue = new Queue(unknown);
      const given = new AbortController();
      let wake = () => {};
      const heard = ({ text, index }: Text, parsed: ParsedFile) => {
        results[index] = parsed;
        known.set(text, parsed);
        wake();
      };
      const either = AbortSignal.any([given.signal, ...(signal === undefined ? [] : [signal])]);
      const workers = size > secondWorkerAbove ? 2 : 1;
      const work = Promise.all(Array.from({ length: workers }, () => parseAll(queue, { heard, spare, signal: either })));
      work.catch(() => {});
      try {
        for (const index of texts.keys()) {
          while (results[index] === undefined) await Promise.race([work, new Promise<void>(resolve => (wake = resolve))]);
          yield results[index];
        }
      } finally {
        // A reason of our own: without one an error with a trace is made, which takes milliseconds.
        given.abort('nobody asks any more');
      }
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

interface Text {
  readonly text: DocumentText;
  readonly index: number;
}

/** Texts that are still to be parsed, handed out in small batches, so that workers which began at different times end together. */
class Queue {
  #next = 0;
  readonly #texts: readonly Text[];
  constructor(texts: readonly Text[]) {
    this.#texts = texts;
  }

  take(): readonly Text[] {
    const from = this.#next;
    let size = 0;
    while (this.#next < this.#texts.length && size < batchSize) size += this.#texts[this.#next++]?.text.text.length ?? 0;
    return this.#texts.slice(from, this.#next);
  }
}

/** One worker at a time; a file over its deadline or memory costs that file and a new worker, nothing else. */
async function parseAll(
  queue: Queue,
  { heard, spare, signal }: { heard: (text: Text, parsed: ParsedFile) => void; spare: Spare; signal: AbortSignal },
): Promise<void> {
  let worker: Worker | undefined;
  try {
    for (let rest: readonly Text[] = [], batch = queue.take(); batch.length > 0; batch = rest.length > 0 ? rest : queue.take()) {
      signal.throwIfAborted();
      worker ??= spare.take() ?? startWorker();
      const done = await parseUntilStuck(worker, batch, heard);
      const stuck = batch[done];
      rest = batch.slice(done + 1);
      if (stuck === undefined) continue;
      worker = undefined;
      heard(stuck, tooSlow(stuck.text.file));
    }
  } finally {
    worker?.unref();
    void worker?.terminate();
  }
}

function tooSlow(file: string): ParsedFile {
  const message = `Reading it took more than ${deadlineMs / 1_000} s or too much memory.`;
  return { file, documents: [], problems: [report('too-slow', { message, at: { file, line: 1, column: 1 } })] };
}

/** Hears what a worker says of the texts, up to the one at which it stuck, and gives how many those are; a stuck worker is ended. */
function parseUntilStuck(
  worker: Worker,
  texts: readonly Text[],
  heard: (text: Text, parsed: ParsedFile) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let done = 0;
    let timer: NodeJS.Timeout | undefined;
    // Only our own listeners: Node hears messages by listeners of its own on the same worker.
    const finish = () => {
      clearTimeout(timer);
      worker.off('message', hear);
      worker.off('error', fail);
    };
    const end = (settle: () => void) => {
      finish();
      worker.on('error', () => {});
      void worker.terminate().then(settle);
    };
    const wait = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => setImmediate(endUnlessHeard, done), ms);
    };
    // Where this thread was busy for so long, the answer may be here already: it is heard before the worker counts as stuck.
    const endUnlessHeard = (before: number) => {
      if (done === before) end(() => resolve(done));
    };
    const hear = (parsed: ParsedFile) => {
      heard(texts[done++] as Text, parsed);
      if (done < texts.length) return wait(deadlineMs);
      finish();
      resolve(done);
    };
    const fail = (error: NodeJS.ErrnoException) =>
      end(() => (error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error instanceof RangeError ? resolve(done) : reject(error)));
    worker.on('message', hear);
    worker.on('error', fail);
    wait(firstAnswerMs);
    worker.postMessage(texts.map(each => each.text));
  });
}
