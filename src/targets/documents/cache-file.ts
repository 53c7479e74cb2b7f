import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
