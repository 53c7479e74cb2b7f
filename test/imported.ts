import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { run } from './landscape.ts';

/** A document that import wrote, and its file. */
export interface Document {
  readonly file: string;
  readonly kind: string;
  readonly $patch?: string;
  readonly metadata: { readonly name: string; readonly clusters?: readonly string[] };
  readonly spec: Record<string, unknown>;
}

function documentsIn(directory: string): Document[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(file => /imported-.*\.yaml$/.test(file));
  return files.flatMap(file =>
    parseAllDocuments(readFileSync(join(directory, file), 'utf8')).map(each => ({
      file,
      ...(each.toJS() as Omit<Document, 'file'>),
    })),
  );
}

/** Imports an environment and holds what must be true of every import: the plan is empty, nothing is sent, a second import finds nothing. */
export async function imported(directory: string, environment: string): Promise<Document[]> {
  return (await importedWhole(directory, environment)).documents;
}

/** What the output says of things left out for one reason. */
export interface LeftOut {
  readonly kind: string;
  readonly code: string;
  readonly count: number;
  readonly examples: readonly string[];
}

/** The same, with what the output says of what was left out. */
export async function importedWhole(
  directory: string,
  environment: string,
): Promise<{ documents: Document[]; leftOut: LeftOut[] }> {
  const before = new Set(documentsIn(directory).map(each => each.file));
  const first = await run(directory, ['import', environment, '-o', 'json']);
  expect([first.code, first.stderr]).toEqual([0, expect.not.stringMatching(/error/i)]);
  const { leftOut, unlisted } = JSON.parse(first.stdout);
  expect(unlisted).toEqual([]);
  const plan = JSON.parse((await run(directory, ['plan', environment, '-o', 'json'])).stdout);
  expect(plan.problems.filter((problem: { severity: string }) => problem.severity === 'error')).toEqual([]);
  expect(plan.changes.filter((change: { action: string }) => change.action !== 'adopt')).toEqual([]);
  expect(plan.changes.flatMap((change: { fields: unknown[] }) => change.fields)).toEqual([]);
  const applied = await run(directory, ['apply', environment, '--yes']);
  expect([applied.code, applied.requests.writes]).toEqual([0, 0]);
  expect(JSON.parse((await run(directory, ['import', environment, '-o', 'json'])).stdout)).toMatchObject({ documents: 0 });
  return { documents: documentsIn(directory).filter(each => !before.has(each.file)), leftOut };
}

/** Names of what was left out for this reason. */
export const left = (leftOut: readonly LeftOut[], code: string) =>
  leftOut.filter(each => each.code === code).flatMap(each => each.examples);

/** Names of the documents of a kind, sorted. */
export const names = (documents: readonly Document[], kind: string) =>
  documents
    .filter(each => each.kind === kind)
    .map(each => each.metadata.name)
    .toSorted();
