import { parentPort } from 'node:worker_threads';
import type { DocumentText } from '#ports/documents.ts';
import { parseText } from './parse.ts';

/** Parses one text after the other, so that whoever waits knows which one is slow. */
parentPort?.on('message', (texts: readonly DocumentText[]) => {
  for (const text of texts) parentPort?.postMessage(parseText(text));
});
