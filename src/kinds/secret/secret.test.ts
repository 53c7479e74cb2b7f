import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { Secrets } from '#ports/secrets.ts';
import { emptyCluster, memoryKafka } from '#targets/memory/kafka.ts';
import { memorySecrets } from '#targets/memory/secrets.ts';
import { openSealing } from '#targets/secrets/sealed/index.ts';
import { document, memoryOutside } from '#test/memory-outside.ts';
import { checkTexts, yaml } from '#test/offline.ts';

const vectors = join(import.meta.dirname, '../../../test/sealed');
const armour = readFileSync(join(vectors, 'value.age'), 'utf8');
const quoted = (text: string) => JSON.stringify(text);

/** Two environments, each on a cluster of its own, with one store of secrets between them. */
function world(secrets: Secrets = memorySecrets(), storeNamed: (name: string) => Secrets = () => secrets) {
  const files = new Map<string, object>([
    ['kaas.yaml', document('Landscape', 'memory', { environments: ['dev', 'prod'] })],
    ['platform/dev.yaml', document('Environment', 'dev', { clusters: { main: 'a' } })],
    ['platform/prod.yaml', document('Environment', 'prod', { clusters: { main: 'b' } })],
    ['platform/a.yaml', document('KafkaCluster', 'a', { connection: 'local' })],
    ['platform/b.yaml', document('KafkaCluster', 'b', { connection: 'local' })],
    ['platform/t.yaml', document('Tenant', 't', {})],
    ['tenants/t/s.yaml', document('Secret', 'db', { sealed: armour })],
  ]);
  const kafkas = new Map(['a', 'b'].map(name => [name, memoryKafka({ ...emptyCluster(), clusterId: `cluster-${name}` })]));
  const sealing = openSealing({ directory: '/nowhere', identityFile: join(vectors, 'identity.txt'), now: () => new Date() });
  const memory = memoryOutside(files, memoryKafka());
  const ports = new Map([...kafkas].map(([name, kafka]) => [name, { ...none, kafka, secrets: storeNamed, sealing }]));
  const outside: Outside = { ...memory, cluster: async name => ports.get(name) as never };
  return {
    files,
    async apply(environment: string): Promise<(string | undefined)[][]> {
      const { checked, plan } = await preview(outside, environment);
      if (plan === undefined || checked.frame === undefined) throw new Error(JSON.stringify(checked.problems));
      const applied = await reconcile(outside, plan, { partial: true, frame: checked.frame });
      return applied.changes.map(each => [each.action, each.outcome.state, each.outcome.message]);
    },
  };
}
const none = {
  schemaRegistry: () => Promise.reject(new Fault('registry/none', '')),
  connect: () => Promise.reject(new Fault('connect/none', '')),
};

test('a key that another environment asks for too stays until the last of them lets go', async () => {
  const secrets = memorySecrets();
  const { files, apply } = world(secrets);
  expect(await apply('dev')).toEqual([['create', 'applied', undefined]]);
  expect(await apply('prod')).toEqual([['adopt', 'applied', undefined]]);
  files.set('tenants/t/s.yaml', {
    ...document('Secret', 'db', { sealed: armour }),
    metadata: { name: 'db', environments: ['prod'] },
  });
  expect(await apply('dev')).toEqual([['forget', 'applied', undefined]]);
  expect((await secrets.get('t/db'))?.reveal()).toBe('opened-by-age');
  files.delete('tenants/t/s.yaml');
  expect(await apply('prod')).toEqual([['delete', 'applied', undefined]]);
  expect(await secrets.keys()).toEqual([]);
});

const ownStore = { type: 'vault', url: 'https://vault.example', token: { store: 'local', key: 't/login' } };

test('a store that its document calls by another name keeps the secret', async () => {
  const secrets = memorySecrets();
  const { files, apply } = world(secrets);
  files.set('tenants/t/v.yaml', document('SecretStore', 'v', ownStore));
  for (const store of ['v', 't/v']) {
    files.set('tenants/t/s.yaml', document('Secret', 'db', { sealed: armour, store }));
    expect((await apply('dev')).map(each => each[1])).not.toContain('failed');
    expect((await secrets.get('t/db'))?.reveal()).toBe('opened-by-age');
  }
  expect(await apply('dev')).toEqual([]);
  files.delete('tenants/t/s.yaml');
  await apply('dev');
  expect(await secrets.keys()).toEqual([]);
});

test("a tenant's store is meant by its short name and in full: by whoever names a value, and by whoever keeps one there", async () => {
  const { environments, problems } = await checkTexts(
    {
      'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
      'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: a } }'),
      'platform/a.yaml': yaml('KafkaCluster', 'a', '{ connection: local }'),
      'platform/shop.yaml': yaml('Tenant', 'shop', '{ owns: { connectors: ["shop.*"] } }'),
      'platform/v.yaml': yaml('SecretStore', 'v', '{ type: local, file: p.age }'),
      'tenants/shop/v.yaml': yaml(
        'SecretStore',
        'v',
        JSON.stringify({ ...ownStore, token: { store: 'local', key: 'shop/login' } }),
      ),
      'tenants/shop/s.yaml': [
        yaml('Secret', 'own', `{ store: shop/v, key: x, sealed: ${quoted(armour)} }`),
        yaml('Secret', 'shared', `{ store: platform/v, key: shop/x, sealed: ${quoted(armour)} }`),
        yaml('Secret', 'twin', `{ store: v, key: x/y, sealed: ${quoted(armour)} }`),
      ].join('---\n'),
      'tenants/shop/c.yaml': ['v.x', 'shop/v.x', 'platform/v.shop/x']
        .map((variable, index) =>
          yaml('Connector', `shop.${index}`, `{ connect: main, class: C, config: { x.password: "\${secret.${variable}}" } }`),
        )
        .join('---\n'),
    },
    ['dev'],
  );
  const refersTo = (name: string) => environments[0]?.declared.find(each => each.name === name)?.refersTo.map(each => each.name);
  expect(['shop.0', 'shop.1', 'shop.2'].map(refersTo)).toEqual([['own'], ['own'], ['shared']]);
  expect(problems.map(each => [each.code, each.subject?.name])).toEqual([
    ['secret/shared-key', 'own'],
    ['secret/shared-key', 'twin'],
  ]);
  expect(environments[0]?.declared.find(each => each.name === 'own')?.remoteName).toBe('shop:shop:v/x');
});

test('a store that cannot be read costs what is kept there and nothing else, and nothing there is deleted or forgotten', async () => {
  const local = memorySecrets();
  const own = memorySecrets();
  let away = false;
  const { files, apply } = world(local, name => {
    if (name === 'local') return local;
    if (away) throw new Fault('secrets/unreachable', 'The vault does not answer.');
    return own;
  });
  files.set('tenants/t/v.yaml', document('SecretStore', 'v', ownStore));
  files.set('tenants/t/o.yaml', document('Secret', 'own', { sealed: armour, store: 'v' }));
  expect((await apply('dev')).map(each => each[1])).toEqual(['applied', 'applied']);
  away = true;
  files.set('tenants/t/more.yaml', document('Secret', 'more', { sealed: armour }));
  const refused = 'The vault does not answer.';
  // One that is as we put it is no change; what a document asks anew is.
  expect(await apply('dev')).toEqual([['create', 'applied', undefined]]);
  files.set('tenants/t/o.yaml', document('Secret', 'own', { sealed: armour, store: 'v', key: 't/moved' }));
  expect((await apply('dev')).map(each => each.slice(1))).toContainEqual(['skipped', refused]);
  expect((await local.get('t/more'))?.reveal()).toBe('opened-by-age');
  files.delete('tenants/t/o.yaml');
  expect(await apply('dev')).toEqual([['delete', 'skipped', refused]]);
  away = false;
  expect((await own.get('t/own'))?.reveal()).toBe('opened-by-age');
  expect(await apply('dev')).toEqual([['delete', 'applied', undefined]]);
  expect(await own.keys()).toEqual([]);
});

test('a store that no document declares any more keeps what it has and holds nothing back', async () => {
  const local = memorySecrets();
  const own = memorySecrets();
  const declared = new Map([['local', local]]);
  const { files, apply } = world(local, name => {
    const store = name === 't/v' && files.has('tenants/t/v.yaml') ? own : declared.get(name);
    if (store === undefined) throw new Fault('secrets/no-store', `There is no secret store \`${name}\` here.`);
    return store;
  });
  files.set('tenants/t/v.yaml', document('SecretStore', 'v', ownStore));
  files.set('tenants/t/o.yaml', document('Secret', 'own', { sealed: armour, store: 'v' }));
  await apply('dev');
  files.delete('tenants/t/v.yaml');
  files.delete('tenants/t/o.yaml');
  expect(await apply('dev')).toContainEqual(['delete', 'applied', 'There is no secret store `t/v` here.']);
  expect(await apply('dev')).toEqual([]);
  expect((await own.get('t/own'))?.reveal()).toBe('opened-by-age');
});

test('an entry whose name could lead out of its key is refused, and one that is not there is named with those that are', async () => {
  const sealing = openSealing({ directory: '/nowhere', identityFile: join(vectors, 'identity.txt'), now: () => new Date() });
  const [recipient] = /age1\w+/.exec(readFileSync(join(vectors, 'identity.txt'), 'utf8')) ?? [];
  const order = { format: 'sops', to: { age: [recipient as string], certificates: [] }, tenant: 't', name: 'x' } as const;
  const text = await sealing.seal(new Map([['../../other/key', new Redacted('x')]]), order);
  const { read, assess } = await import('./via-stores.ts');
  const about = async (spec: object) => {
    const resource = {
      name: 'x',
      tenant: 't',
      remoteName: 'local/t/x',
      refersTo: [],
      spec: { file: 'f', ...spec },
      files: { f: text },
    } as never;
    await read({ secrets: () => memorySecrets(), sealing } as never, { desired: [resource], owned: new Map() });
    return assess({ action: 'create', resource } as never).impossible?.map(each => [each.code, each.message]);
  };
  expect(await about({})).toEqual([['secret/bad-entry', expect.stringContaining('`entry`')]]);
  expect(await about({ entry: '../../other/key' })).toBeUndefined();
  expect(await about({ entry: 'password' })).toEqual([['secret/no-entry', expect.stringContaining('Entries: ../../other/key.')]]);
});

test('a store that fails costs the secret, in words, and the next apply does it', async () => {
  const secrets = memorySecrets();
  let full = true;
  const { apply } = world({
    ...secrets,
    putAll: values => (full ? Promise.reject(new Fault('secrets/disk-full', 'The disk is full.')) : secrets.putAll(values)),
  });
  expect(await apply('dev')).toEqual([['create', 'failed', 'The disk is full.']]);
  full = false;
  expect(await apply('dev')).toEqual([['create', 'applied', undefined]]);
  expect(await apply('dev')).toEqual([]);
});

test('whoever names the value of a Secret, or one of its entries, comes after it', async () => {
  const connector = (name: string, variable: string) =>
    yaml('Connector', name, `{ connect: main, class: C, config: { x.password: "\${secret.local.${variable}}" } }`);
  const { environments } = await checkTexts(
    {
      'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
      'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: a } }'),
      'platform/a.yaml': yaml('KafkaCluster', 'a', '{ connection: local }'),
      'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
      'tenants/shop/s.yaml': yaml('Secret', 'db', `{ sealed: { password: ${quoted(armour)} } }`),
      'tenants/shop/c.yaml': [connector('shop.a', 'shop/db/password'), connector('shop.b', 'shop/other')].join('---\n'),
    },
    ['dev'],
  );
  const refersTo = (name: string) => environments[0]?.declared.find(each => each.name === name)?.refersTo.map(each => each.name);
  expect([refersTo('shop.a'), refersTo('shop.b')]).toEqual([['db'], []]);
});
