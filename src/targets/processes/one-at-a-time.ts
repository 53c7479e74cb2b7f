import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Does the work while nobody else does any in this folder: two `kaas up` at once must not make two clusters. A lock whose process is gone counts for nothing. */
export async function oneAtATime<Value>(directory: string, work: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
  mkdirSync(directory, { recursive: true });
  const lock = join(directory, 'lock');
  while (!taken(lock)) {
    signal?.throwIfAborted();
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The lock appears whole, with its owner in it, or not at all: a full disk or a kill leaves none that nobody holds. */
function taken(lock: string): boolean {
  const own = `${lock}.${process.pid}`;
  try {
    writeFileSync(own, String(process.pid));
    linkSync(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function isAbandoned(lock: string): boolean {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    if (!(owner > 0)) return true;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
