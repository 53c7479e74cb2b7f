import { readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Checked } from '#flow/flow.ts';
import { Fault } from '#model/fault.ts';
import type { Recipients, Sealing } from '#ports/sealing.ts';
import type { Context } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { published } from './published-keys.ts';
import { json } from './views/problems-document.ts';

interface Failed {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

/** Seals what every Secret of the working tree holds to the keys that are published now. A file that cannot be opened stays as it is and is named. */
export async function resealAll(context: Context): Promise<ExitCode> {
  const { to, checked } = await published(context, null);
  const sealing = await context.host.sealing(context.root);
  const { changeArmours } = await import('#edits/armours.ts');
  const written: string[] = [];
  const failed: Failed[] = [];
  for (const [file, change] of filesOf(checked, { sealing, to, changeArmours })) {
    const path = join(context.root, file);
    try {
      const before = await readFile(path, 'utf8');
      const after = await change(before);
      if (after === before) continue;
      await writeFile(path, after);
      written.push(file);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      failed.push({ file, code: error.code, message: error.message });
    }
  }
  show(context, written, failed);
  return failed.length === 0 ? exitCodes.done : exitCodes.problem;
}

interface Means {
  readonly sealing: Sealing;
  readonly to: Recipients;
  changeArmours(text: string, change: (armour: string) => Promise<string>): Promise<string>;
}

/** The documents with armours, and the files that documents name, each with how it is sealed anew. */
function filesOf(checked: Checked, { sealing, to, changeArmours }: Means): [string, (text: string) => Promise<string>][] {
  const files = new Map<string, (text: string) => Promise<string>>();
  for (const { kind, spec, located } of checked.loaded.manifests) {
    if (kind !== 'Secret') continue;
    if (spec.sealed != null) files.set(located.file, text => changeArmours(text, armour => sealing.reseal(armour, to)));
    const beside = typeof spec.file === 'string' ? posix.join(posix.dirname(located.file), spec.file) : undefined;
    if (beside !== undefined && checked.loaded.files.has(beside)) files.set(beside, text => sealing.reseal(text, to));
  }
  return [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function show(context: Context, files: readonly string[], failed: readonly Failed[]): void {
  if (context.format === 'json') return context.print(json({ schemaVersion: 1, action: 'reseal', files, failed }));
  for (const file of files) context.print(`${context.paint.care('~')} ${file}`);
  for (const { file, code, message } of failed) context.log(`${file}: ${message} (${code})`);
  context.log(
    files.length === 0
      ? 'Nothing was written.'
      : `${files.length} file(s) were sealed anew. Their values are the same: after your commit the next plan has nothing to do for them.`,
  );
}
