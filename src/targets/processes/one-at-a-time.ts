import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** SQLITE_BUSY. */
const busy = 5;

/**
 * Does the work while nobody else does any in this folder: two `kaas up` at once must not make two clusters. The lock is SQLite's on an empty file, which the
 * system takes back when its process ends in whatever way: none is ever abandoned, and no process id has to tell who holds it.
 */
export async function oneAtATime<Value>(directory: string, work: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
  const file = join(directory, 'lock.db');
  let lock: DatabaseSync | undefined;
  for (;;) {
    signal?.throwIfAborted();
    mkdirSync(directory, { recursive: true });
    lock = taken(file);
    if (lock !== undefined) break;
    await sleep(20);
  }
  try {
    return await work();
  } finally {
    // Removed while it is held, so that it is never another's.
    rmSync(file, { force: true });
    lock.close();
  }
}

/**
 * The lock, ours until it is closed; undefined while somebody has it, or where the file is made only now. Nothing is ever written into the file, and nothing
 * but SQLite opens it: whoever closes it otherwise gives up all locks of the process on it (fcntl, POSIX).
 */
function taken(file: string): DatabaseSync | undefined {
  const before = identity(file);
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    // Its last holder may have removed it since we opened it: a lock on a file without a name keeps nobody out.
    if (before !== undefined && identity(file) === before) return lock;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== busy) {
      lock.close();
      throw error;
    }
  }
  lock.close();
  return undefined;
}

const identity = (file: string): bigint | undefined => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
