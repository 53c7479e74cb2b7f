import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes what only saves time, for its owner alone and at once or not at all. Where it cannot be written (a checkout that is read-only or somebody else's, a full
 * disk) the next run begins with what is there: no reason for a command to fail that has done its work.
 */
export function writeCache(file: string, content: string | Uint8Array): void {
  const half = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(half, content, { mode: 0o600 });
    renameSync(half, file);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    remove(half);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nobody reads it; the folder that did not take the file may not let it go either.
  }
}

/**
 * What `writeCache` wrote; undefined where there is nothing, it cannot be read, or others could have written it. A cache decides what a landscape says, so one that came
 * along with the landscape out of Git, which keeps no such modes, counts as none.
 */
export function readCache(file: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { mode, uid } = fstatSync(descriptor);
    const ours = (mode & 0o077) === 0 && (process.getuid === undefined || uid === process.getuid());
    return ours ? readFileSync(descriptor) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
