import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. One by one: where a file system answers ENOENT for ever (`/proc`), Node's own `recursive` never ends.
 * Throws what the file system says.
 */
export async function makeFolder(folder: string): Promise<void> {
  const make = (path: string) =>
    mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  try {
    await make(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make(folder);
  }
}
