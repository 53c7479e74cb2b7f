import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { check } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { createDocuments } from '#targets/documents/index.ts';
import type { Kind } from './kind.ts';
import { kinds } from './registry.ts';

const documents = createDocuments();
afterAll(() => documents[Symbol.asyncDispose]());
const registry = new Map(kinds.map(kind => [kind.name, kind]));
const document = (kind: string, name: string, spec: object) =>
  JSON.stringify({ apiVersion: 'kaas.dev/v1', kind, metadata: { name }, spec });

/** What stands around an example: an environment with a prefix, one cluster, the tenants `payments` and `fraud`. */
const surroundings: Readonly<Record<string, string>> = {
  Landscape: document('Landscape', 'examples', { environments: ['dev'] }),
  Environment: document('Environment', 'dev', { clusters: { main: 'main' }, prefix: 'dev.' }),
  'KafkaCluster/main': document('KafkaCluster', 'main', { connection: 'local' }),
  'Tenant/payments': document('Tenant', 'payments', { principals: ['User:CN=payments-*'] }),
  'Tenant/fraud': document('Tenant', 'fraud', {}),
};

/** Files that examples refer to stand beside them. */
const readExamples = async (paths: readonly string[]) =>
  paths.map(path => {
    const [found] = globSync(join(import.meta.dirname, '*/examples', basename(path)));
    return found === undefined ? { refused: 'there is no such file' } : { text: readFileSync(found, 'utf8') };
  });

/** The codes of all problems that a landscape with this text has; documents of the frame replace those around. */
async function codesOf(text: string, writtenBy: 'platform' | 'tenant'): Promise<string[]> {
  const declared = [...text.matchAll(/^kind: (\w+)\nmetadata: \{ name: ([\w.-]+)/gm)].map(match => [match[1], match[2]] as const);
  const rest = Object.entries(surroundings).filter(
    ([key]) => !declared.some(([kind, name]) => key === `${kind}/${name}` || key === kind),
  );
  const isLandscape = declared.some(([kind]) => kind === 'Landscape');
  const place = isLandscape ? 'kaas.yaml' : writtenBy === 'platform' ? 'platform/example.yaml' : 'tenants/payments/example.yaml';
  const texts = [
    ...rest.map(([key, own]) => ({
      file: key === 'Landscape' ? 'kaas.yaml' : `platform/${key.replace('/', '-')}.yaml`,
      text: own,
    })),
    ...(isLandscape && text.includes('prod')
      ? [{ file: 'platform/prod.yaml', text: document('Environment', 'prod', { clusters: { main: 'main' } }) }]
      : []),
    { file: place, text },
  ];
  const outside = {
    kinds: registry,
    files: { revision: async () => 'test', read: async () => ({ texts, problems: [] }), readTexts: readExamples },
    documents,
    now: () => new Date('2026-06-30T00:00:00Z'),
    signal: new AbortController().signal,
  } as unknown as Outside;
  const { problems } = await check(outside);
  return [...new Set(problems.map(problem => problem.code))];
}

const folder = (file: string) => basename(dirname(dirname(file)));
const ownerOf = new Map<string, 'platform' | 'tenant'>();
for (const kind of kinds) ownerOf.set(kind.name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase(), kind.writtenBy);
const examples = globSync(join(import.meta.dirname, '*/examples/*.yaml')).toSorted();
const readmes = globSync(join(import.meta.dirname, '*/README.md')).toSorted();

describe('every example does what its name says', () => {
  test.each(examples.map(file => [`${folder(file)}/${basename(file)}`, file] as const))('%s', async (_name, file) => {
    const text = readFileSync(file, 'utf8');
    const refused = /^# refused: (\S+)/.exec(text)?.[1];
    expect(refused !== undefined).toBe(basename(file).startsWith('refused-'));
    const codes = await codesOf(text, ownerOf.get(folder(file)) ?? 'tenant');
    if (refused === undefined) expect(codes).toEqual([]);
    else expect(codes).toContain(refused);
  });
});

describe("the documents of every kind's page stand", () => {
  test.each(readmes.map(file => [basename(dirname(file)), file] as const))('%s', async (name, file) => {
    const blocks = [...readFileSync(file, 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(match => match[1] as string);
    expect(blocks).not.toEqual([]);
    for (const block of blocks) expect(await codesOf(block, ownerOf.get(name) ?? 'tenant')).toEqual([]);
  });
});

test('every kind has a folder with a page and examples of its own', () => {
  for (const [name] of ownerOf) {
    for (const file of ['README.md', 'examples/smallest.yaml', 'examples/typical.yaml'])
      expect([name, file, existsSync(join(import.meta.dirname, name, file))]).toEqual([name, file, true]);
  }
});

/** Where a kind takes several shapes, the fields of all of them. */
function fieldsOf({ spec }: Kind): string[] {
  const { shape, options = [] } = spec as unknown as { shape?: object; options?: { shape: object }[] };
  return [...new Set([shape ?? {}, ...options.map(each => each.shape)].flatMap(each => Object.keys(each)))];
}

describe('whatever stands in a field of a spec is a problem at most, never a bug', () => {
  const values = [
    5,
    true,
    'x',
    null,
    [],
    [1, null, {}],
    { a: 1 },
    { default: 5 },
    { serviceAccount: 5 },
    { user: 5 },
    { type: {} },
  ];
  test.each(kinds.map(kind => [kind.name, kind] as const))('%s', async (_name, kind) => {
    for (const field of fieldsOf(kind)) {
      const text = values.map((value, index) => document(kind.name, `payments.x${index}`, { [field]: value })).join('\n---\n');
      expect(await codesOf(text, kind.writtenBy)).not.toEqual([]);
    }
  });
});

test('metadata that is left empty is metadata that is left out', async () => {
  const empty = ['labels', 'annotations', 'environments', 'clusters', 'managed', 'protected']
    .map(field => `${field}: ~`)
    .join(', ');
  const text = `apiVersion: kaas.dev/v1\nkind: Topic\nmetadata: { name: payments.x, ${empty} }\nspec: { partitions: 1 }\n`;
  expect(await codesOf(text, 'tenant')).toEqual([]);
});
