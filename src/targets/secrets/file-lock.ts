import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '#model/fault.ts';

/** Held for one read and one write, so one that is older than this belongs to a writer that died on another machine. */
const staleAfterMs = 60_000;
const patienceMs = 15_000;
/** Our own locks: another one with our process id was left by a predecessor, as in a container that starts again. */
const held = new Set<string>();

interface Owner {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
}

/** Runs `work` while this process alone holds the lock file. A lock whose owner is dead is taken over; a live one makes `secrets/locked`. */
export async function whileLocked<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  const owner: Owner = { id: randomUUID(), pid: process.pid, host: hostname() };
  held.add(owner.id);
  try {
    await acquire(file, owner);
    return await work();
  } finally {
    if ((await ownerOf(file))?.id === owner.id) await rm(file, { force: true });
    held.delete(owner.id);
  }
}

async function acquire(file: string, owner: Owner): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await take(file, owner))) {
    if (await isStale(file)) await putAside(file);
    else if (Date.now() > deadline)
      throw new Fault('secrets/locked', `Another process holds ${file}.`, {
        retry: 'later',
        remedy: 'Wait until it is done; delete the file if no kaas runs on any machine that shares this directory.',
      });
    else await sleep(10 + Math.random() * 30);
  }
}

/** The lock appears with its content: a link to a finished file either succeeds or finds another lock there. */
async function take(file: string, owner: Owner): Promise<boolean> {
  const draft = `${file}.${owner.id}`;
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

async function isStale(file: string): Promise<boolean> {
  const owner = await ownerOf(file);
  // An owner takes its lock away before it ends: what is read a second time was left behind, what is not has made room for another's meanwhile.
  if (owner?.host === hostname() && (owner.pid === process.pid ? !held.has(owner.id) : !isAlive(owner.pid)))
    return (await ownerOf(file))?.id === owner.id;
  const age = await stat(file).then(
    found => Date.now() - found.mtimeMs,
    () => 0,
  );
  return age > staleAfterMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Of several that find a stale lock, one moves it away; whoever moved a fresh one by mistake puts it back. */
async function putAside(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if (!(await isStale(aside))) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}
