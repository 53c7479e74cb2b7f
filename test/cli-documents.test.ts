import { expect, test } from 'vitest';
import { z } from 'zod';
import { documentSchemas } from '#faces/cli/schemas.ts';
import { manifest, testLandscape } from './landscape.ts';

type Name = keyof typeof documentSchemas;

/** As published: no member that the schema does not know. */
const published = (name: Name) => z.fromJSONSchema(z.toJSONSchema(documentSchemas[name]) as never);

test('what each command prints with -o json is what its published schema says, members and all', async () => {
  const landscape = testLandscape({ landscape: { environments: ['dev', 'prod'] } });
  landscape.write(
    'platform/environments/prod.yaml',
    manifest('Environment', 'prod', { clusters: { main: 'main' }, prefix: `p${landscape.prefix}` }),
  );
  landscape.write(
    'tenants/shop/all.yaml',
    manifest('Topic', 'shop.orders', { config: { 'retention.ms': '7d' } }) +
      manifest('Topic', 'shop.bad', { config: { nonsense: '1' } }, { environments: ['dev'] }) +
      manifest('ServiceAccount', 'shop.checkout', {}) +
      manifest('Access', 'writes', { serviceAccount: 'shop.checkout', as: 'producer', topics: ['shop.orders'] }),
  );
  const commands: [Name, ...string[]][] = [
    ['plan', 'plan', 'dev'],
    ['plan', 'apply', 'dev', '--yes'],
    ['plan', 'apply', 'dev', '--yes', '--partial'],
    ['plan', 'drift', 'dev'],
    ['validate', 'validate'],
    ['render', 'render', 'dev', '--provenance'],
    ['compare', 'compare', 'dev', 'prod'],
    ['status', 'status'],
    ['history', 'history', 'dev'],
    ['rights', 'who-can', 'dev', 'write', 'shop.orders'],
    ['rights', 'what-can', 'dev', 'shop.checkout'],
    ['doctor', 'doctor'],
    ['import', 'import', 'prod'],
    ['explain', 'explain'],
    ['explain', 'explain', 'Topic'],
    ['explain', 'explain', 'KafkaCluster.connection.tls'],
  ];
  for (const [name, ...words] of commands) {
    const { stdout } = await landscape.kaas(...words, '-o', 'json');
    const { error } = published(name).safeParse(JSON.parse(stdout));
    expect({ words, errors: error?.issues ?? [] }).toEqual({ words, errors: [] });
  }
});
