import { expect, onTestFinished, test } from 'vitest';
import { emptyRegistry, memorySchemaRegistry } from '#targets/memory/schema-registry.ts';
import { openSchemaRegistry } from '#targets/rest/schema-registry.ts';
import { testRegistry } from '../beside.ts';
import { confluentRegistry } from '../servers/confluent-registry.ts';
import { schemaJudge } from './schema-judge.ts';
import { schemaRegistryContract } from './schema-registry.contract.ts';

const at = (url: string) => openSchemaRegistry({ label: 'schema registry of test', url });

schemaRegistryContract('a schema registry in memory', async () => memorySchemaRegistry(emptyRegistry(), schemaJudge));

schemaRegistryContract("a registry that speaks as Confluent's does", async () => {
  const server = await confluentRegistry();
  const registry = at(server.url);
  return {
    ...registry,
    [Symbol.asyncDispose]: async () => (await registry[Symbol.asyncDispose](), server[Symbol.asyncDispose]()),
  };
});

if (process.env.KAAS_TEST_BOOTSTRAP !== undefined || process.env.KAAS_TEST_REGISTRY !== undefined)
  schemaRegistryContract('a real Apicurio registry', async () => at(process.env.KAAS_TEST_REGISTRY ?? (await testRegistry())));

const string = (subject: string) => ({
  subject,
  schema: { type: 'AVRO' as const, text: '"string"', references: [] },
  normalize: false,
});

async function confluent(options?: { most?: number }) {
  const server = await confluentRegistry(options);
  const registry = at(server.url);
  onTestFinished(async () => {
    await registry[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  /** What was asked since the last call. */
  const asked = () => server.asked.splice(0).map(each => each.replace(/[?&]limit=\d+&offset=/, ' from '));
  return { registry, asked };
}

test('where a registry lists all latest versions with their subjects, one list is all that is read', async () => {
  const { registry, asked } = await confluent();
  await registry.register(Array.from({ length: 300 }, (_, index) => string(`s${index}`)));
  asked();
  expect((await registry.latest()).size).toBe(300);
  expect(asked()).toEqual(['GET /schemas?latestOnly=true&limit=1', 'GET /schemas?latestOnly=true from 0']);
});

test('a list is read to its end, page by page', async () => {
  const { registry, asked } = await confluent({ most: 1_000 });
  await registry.register(Array.from({ length: 2_500 }, (_, index) => string(`s${index}`)));
  asked();
  expect((await registry.latest()).size).toBe(2_500);
  expect(asked()).toEqual([
    'GET /schemas?latestOnly=true&limit=1',
    ...[0, 1_000, 2_000].map(offset => `GET /schemas?latestOnly=true from ${offset}`),
  ]);
});

test('what a subject does not set is nothing, also where the registry has the same setting for all', async () => {
  const { registry } = await confluent();
  await registry.register([string('s')]);
  expect((await registry.settings(['s'])).get('s')).toEqual({ compatibility: null, mode: null });
  await registry.configure([{ subject: 's', compatibility: 'BACKWARD' }]);
  expect((await registry.settings(['s'])).get('s')).toEqual({ compatibility: 'BACKWARD', mode: null });
});

test('the registry says in its own words what is incompatible, and that a subject is read only', async () => {
  const { registry } = await confluent();
  await registry.register([string('s')]);
  const long = { ...string('s'), schema: { ...string('s').schema, text: '"long"' } };
  expect(await registry.check([long])).toMatchObject([
    { ok: true, value: { compatible: false, messages: [expect.stringContaining('string')] } },
  ]);
  expect(await registry.register([long])).toMatchObject([{ ok: false, fault: { code: 'registry/incompatible' } }]);
  await registry.configure([{ subject: 's', mode: 'READONLY' }]);
  expect(await registry.register([long])).toMatchObject([{ ok: false, fault: { code: 'registry/read-only' } }]);
});
