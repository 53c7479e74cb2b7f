import { emptyRegistry, memorySchemaRegistry } from '#targets/memory/schema-registry.ts';
import { openSchemaRegistry } from '#targets/rest/schema-registry.ts';
import { testRegistry } from '../beside.ts';
import { schemaJudge } from './schema-judge.ts';
import { schemaRegistryContract } from './schema-registry.contract.ts';

schemaRegistryContract('a schema registry in memory', async () => memorySchemaRegistry(emptyRegistry(), schemaJudge));

if (process.env.KAAS_TEST_BOOTSTRAP !== undefined || process.env.KAAS_TEST_REGISTRY !== undefined)
  schemaRegistryContract('a real Apicurio registry', async () =>
    openSchemaRegistry({ label: 'schema registry of test', url: process.env.KAAS_TEST_REGISTRY ?? (await testRegistry()) }),
  );
