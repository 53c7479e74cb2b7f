import { Fault } from '#model/fault.ts';
import { Bug } from '#model/invariant.ts';
import { primaryCode } from './sqlite-dialect.ts';

type Meaning = readonly [code: string, sentence: string, remedy: string, retry?: 'later'];

const locked: Meaning = [
  'store/locked',
  'is locked by another process',
  'Another kaas is writing to it for long. Wait until it is done, then try again.',
  'later',
];
const readOnly: Meaning = [
  'store/read-only',
  'cannot be written',
  'Give this user the right to write the file and its directory.',
];
const corrupt: Meaning = [
  'store/corrupt',
  'is damaged or is no SQLite database',
  'Put a copy back, or move the file away: the ledger is then rebuilt from Git and the cluster, and the first plan deletes nothing.',
];
const full: Meaning = [
  'store/disk-full',
  'could not be written: the disk is full',
  'Free some space. What was not committed has not happened in the store.',
  'later',
];
const unopened: Meaning = [
  'store/cannot-open',
  'cannot be opened',
  'Check that the path names a file in a directory that this user may write.',
];

const bySqlite: Readonly<Record<number, Meaning>> = {
  3: readOnly,
  5: locked,
  6: locked,
  8: readOnly,
  10: ['store/disk-error', 'could not be read or written', 'The disk reported an error; look at the system log.', 'later'],
  11: corrupt,
  13: full,
  14: unopened,
  26: corrupt,
};
const bySystem: Readonly<Record<string, Meaning>> = {
  EACCES: readOnly,
  EPERM: readOnly,
  EROFS: readOnly,
  ENOSPC: full,
  EDQUOT: full,
  ENOTDIR: unopened,
  EISDIR: unopened,
  EEXIST: unopened,
};

/** Says what an error on this file means to a person. */
export const sqliteTranslation =
  (file: string) =>
  (error: unknown): unknown => {
    const sqlite = primaryCode(error);
    if (sqlite === 19)
      return new Bug(`The store refused a row that breaks its rules: ${(error as Error).message}.`, { cause: error });
    const system = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
    const meaning = sqlite !== undefined ? bySqlite[sqlite] : system !== undefined ? bySystem[system] : undefined;
    if (meaning === undefined) return error;
    const [code, sentence, remedy, retry] = meaning;
    return new Fault(code, `The store ${file} ${sentence}.`, { remedy, retry: retry ?? 'never', cause: error });
  };
