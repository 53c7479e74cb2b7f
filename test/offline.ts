import { type Checked, check } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { kinds } from '#kinds/registry.ts';
import { createDocuments } from '#targets/documents/index.ts';

const registry = new Map(kinds.map(kind => [kind.name, kind]));

/** Checks a landscape of texts by file (YAML documents, and files that they refer to), with real positions and without any server; all environments, or the named ones. */
export async function checkTexts(
  files: Readonly<Record<string, string>>,
  names?: readonly string[],
  more: Partial<Outside> = {},
): Promise<Checked> {
  await using documents = createDocuments();
  const texts = Object.entries(files)
    .filter(([file]) => file.endsWith('.yaml'))
    .map(([file, text]) => ({ file, text }))
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const outside = {
    kinds: registry,
    files: {
      revision: async () => 'test',
      read: async () => ({ texts, problems: [] }),
      readTexts: async (paths: readonly string[]) =>
        paths.map(path => (files[path] === undefined ? { refused: 'there is no such file' } : { text: files[path] })),
    },
    documents,
    now: () => new Date('2026-06-30T00:00:00Z'),
    signal: new AbortController().signal,
    ...more,
  } as unknown as Outside;
  return check(outside, names);
}

/** One document in YAML: `spec` as written, further metadata after the name. */
export const yaml = (kind: string, name: string, spec: string, metadata = ''): string =>
  `apiVersion: kaas.dev/v1\nkind: ${kind}\nmetadata: { name: ${name}${metadata === '' ? '' : `, ${metadata}`} }\nspec: ${spec}\n`;

/** The least landscape: one tenant, one environment, one cluster. */
export const shop = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main } }'),
  'platform/main.yaml': yaml('KafkaCluster', 'main', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
