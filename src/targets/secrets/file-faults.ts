import { Fault } from '#model/fault.ts';

const meanings: Readonly<Record<string, readonly [code: string, sentence: string, remedy: string]>> = {
  ENOENT: ['secrets/missing', 'does not exist', 'Create the file, or correct the path in the reference.'],
  EACCES: [
    'secrets/not-authorized',
    'may not be read or written by this user',
    'Give this user the right to it, and to its directory.',
  ],
  EPERM: [
    'secrets/not-authorized',
    'may not be read or written by this user',
    'Give this user the right to it, and to its directory.',
  ],
  EROFS: ['secrets/read-only', 'stands on a read-only file system', 'Use a directory that can be written.'],
  ENOSPC: ['secrets/disk-full', 'could not be written: the disk is full', 'Free some space; the old content is untouched.'],
  EISDIR: ['secrets/not-a-file', 'is a directory', 'Name a file.'],
  ENOTDIR: ['secrets/not-a-file', 'lies below something that is no directory', 'Correct the path.'],
};

/** What a file system's error on this file means to a person; any other error comes back as it is. */
export function faultOfFile(file: string, error: unknown): unknown {
  const code = error instanceof Error && !(error instanceof Fault) && 'code' in error ? String(error.code) : '';
  const meaning = meanings[code];
  if (meaning === undefined) return error;
  return new Fault(meaning[0], `${file} ${meaning[1]}.`, {
    remedy: meaning[2],
    retry: code === 'ENOSPC' ? 'later' : 'never',
    cause: error,
  });
}
