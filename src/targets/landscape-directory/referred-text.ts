import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

type ReferredText = { readonly text: string } | { readonly refused: string };

/** A link is not opened, and a pipe is opened without waiting for who writes into it. */
const asItIs = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads files that documents refer to, below a folder that is no link itself. What leads elsewhere by a link is not followed, so that a tenant reads only what is its
 * own; the file that was looked at is the one that is read. One after the other without a thread pool: for thousands of small files it would cost ten times the reading.
 */
export function referredTexts(base: string, mostBytes: number): (path: string) => ReferredText {
  const folders = new Map<string, string | undefined>();
  const refusedFolder = (folder: string): string | undefined => {
    if (!folders.has(folder)) folders.set(folder, whyNotFolder(folder));
    return folders.get(folder);
  };
  return path => {
    const wanted = resolve(base, path);
    const refused = refusedFolder(dirname(wanted));
    return refused === undefined ? readText(wanted, mostBytes) : { refused };
  };
}

function whyNotFolder(folder: string): string | undefined {
  try {
    return realpathSync.native(folder) === folder ? undefined : 'links are not followed';
  } catch (error) {
    return inWords(error);
  }
}

function readText(file: string, mostBytes: number): ReferredText {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, asItIs);
    const found = fstatSync(descriptor);
    if (!found.isFile()) return { refused: 'it is no file' };
    if (found.size > mostBytes) return { refused: `it has ${found.size} bytes, more than 1 MiB` };
    const bytes = readWhole(descriptor, found.size);
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { refused: 'it is not UTF-8 text' };
  } catch (error) {
    return { refused: inWords(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** As many bytes as the file had when it was looked at: `readFileSync` would look again. */
function readWhole(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  for (let read = 1; length < size && read > 0; length += read) read = readSync(descriptor, bytes, length, size - length, null);
  return bytes.subarray(0, length);
}

/** `ELOOP` is what opening a link gives, `ENXIO` opening a socket. */
function inWords(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'ELOOP') return 'links are not followed';
  if (code === 'ENXIO') return 'it is no file';
  return `it cannot be read (${code})`;
}
