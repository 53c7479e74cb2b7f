import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { addToDocument } from '#edits/add-to-document.ts';
import { importFiles } from '#edits/import.ts';
import { type Discovery, discover } from '#flow/discover.ts';
import { preview, reconcile } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { isError } from '#model/problem.ts';

/** Imports the environment `dev` into these files, one document each, as the command does; gives what it found and what it left. */
export async function takeOver(outside: Outside, files: Map<string, object>): Promise<Discovery> {
  const discovery = await discover(outside, 'dev');
  expect(discovery.problems.filter(isError)).toEqual([]);
  const { found, added, frame, fallback } = discovery;
  const clusterOf = (tenant: string | null) =>
    (tenant === null ? undefined : frame?.tenants.get(tenant)?.spec.cluster) ?? fallback;
  for (const [file, text] of importFiles(found, { environment: 'dev', clusterOf }))
    parseAllDocuments(text).forEach((each, index) => files.set(file.replace('.yaml', `-${index}.yaml`), each.toJS()));
  for (const each of added)
    files.set(
      each.file,
      JSON.parse(JSON.stringify(parseAllDocuments(addToDocument(JSON.stringify(files.get(each.file)), each) ?? '')[0])),
    );
  return discovery;
}

/** After an import nothing is left to do, nothing is sent, and a second import finds nothing. */
export async function expectTakenOver(outside: Outside, files: Map<string, object>, written: () => number): Promise<void> {
  const { checked, plan } = await preview(outside, 'dev');
  expect(plan?.problems.filter(isError)).toEqual([]);
  expect(plan?.changes.filter(each => each.action !== 'adopt' || each.state !== 'ready' || each.fields.length > 0)).toEqual([]);
  const before = written();
  if (plan !== undefined && checked.frame !== undefined) await reconcile(outside, plan, { partial: false, frame: checked.frame });
  expect(written()).toBe(before);
  const again = await preview(outside, 'dev');
  expect(again.plan?.changes).toEqual([]);
  const { found, added } = await takeOver(outside, files);
  expect({ found, added }).toEqual({ found: [], added: [] });
}

/** Everything that lives is declared, or said to be left out. */
export async function expectNothingSilent(outside: Outside, { left }: Discovery, live: readonly string[]): Promise<void> {
  const { checked } = await preview(outside, 'dev');
  const said = new Set([
    ...(checked.environments[0]?.resources ?? []).map(each => `${each.cluster}\t${each.kind}\t${each.remoteName}`),
    ...left.map(each => `${each.cluster}\t${each.kind}\t${each.name}`),
  ]);
  expect(live.filter(each => !said.has(each))).toEqual([]);
}
