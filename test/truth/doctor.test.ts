import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { testRegistry } from '../beside.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { limitedUser, reachAs } from '../limited-user.ts';

test('doctor says which Kafka answers, what is switched on, what we may do, and how to get what is missing', {
  timeout: 120_000,
}, async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/topics.yaml', manifest('Topic', 'shop.orders', {}));
  await landscape.apply();
  const healthy = await landscape.kaas('doctor', 'dev', '-o', 'json');
  expect(healthy.code).toBe(0);
  expect(JSON.parse(healthy.stdout).findings).toMatchObject([
    { what: 'store', good: true },
    { what: 'cluster main', good: true, says: expect.stringMatching(/brokers?, Kafka \d\.\d; .*metadata\.version \d+/) },
    { what: 'rights on main', good: true, says: expect.stringContaining('ALTER_CONFIGS') },
    { what: 'topics on main', good: true, says: expect.stringContaining('1 of 1 declared topics') },
    { what: 'secret store local', good: true, says: expect.stringContaining('nothing is kept there yet') },
  ]);

  const topic = `${landscape.prefix}shop.orders`;
  const limited = await limitedUser(['--cluster', '', 'Describe', 'Create'], ['--topic', topic, 'Describe', 'DescribeConfigs']);
  reachAs(landscape, limited);
  const ill = await landscape.kaas('doctor', 'dev', '-o', 'json');
  expect(ill.code).toBe(1);
  const add = (resource: string) => `--add --allow-principal 'User:${limited.user}' ${resource}`;
  expect(JSON.parse(ill.stdout).findings.slice(2, 4)).toMatchObject([
    {
      good: false,
      says: expect.stringMatching(/lacks on the cluster ALTER \(.*\), DESCRIBE_CONFIGS \(.*\), ALTER_CONFIGS \(/),
      remedy: expect.stringContaining(
        `${add('--cluster')} --operation Alter --operation DescribeConfigs --operation AlterConfigs`,
      ),
    },
    {
      good: false,
      says: expect.stringContaining('lacks ALTER, ALTER_CONFIGS, DELETE on topics'),
      remedy: expect.stringContaining(add(`--topic '${topic}'`)),
    },
  ]);
  reachAs(landscape, await limitedUser(['--topic', '*', 'All']));
  const blind = await landscape.kaas('doctor', 'dev');
  expect(blind.code).toBe(1);
  expect(blind.stdout).toContain('Our principal lacks DESCRIBE on the cluster.');
});

/** A server that gives one answer to everything. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('doctor says which schema registry answers, with how many subjects, and in what way one does not', {
  timeout: 240_000,
}, async () => {
  const foundAt = async (schemaRegistry: object | undefined, documents = '') => {
    const landscape = testLandscape({ beside: schemaRegistry === undefined ? {} : { schemaRegistry } });
    landscape.write('tenants/shop/a.yaml', documents);
    const { code, stdout } = await landscape.kaas('doctor', 'dev', '-o', 'json');
    const findings: { what: string }[] = JSON.parse(stdout).findings;
    return { code, found: findings.filter(each => each.what.startsWith('schema registry')) };
  };
  const what = 'schema registry of main';
  expect(await foundAt({ url: await testRegistry() })).toMatchObject({
    code: 0,
    found: [{ what, good: true, says: expect.stringMatching(/^Apicurio.* 3\.\d+\.\d+, \d+ subjects?; compatibility BACKWARD/) }],
  });
  const troubles = [
    [200, '<html>log in</html>', /registry\/no-json: .*HTML/],
    [401, '{}', /registry\/not-authenticated/],
    [403, '{"error_code":40301,"message":"no"}', /registry\/authorization-failed: .*no$/],
    [404, '{"message":"no route"}', /registry\/not-found: The schema registry of main at 127.*no such path/],
    [500, '', /registry\/server-error/],
  ] as const;
  for (const [status, body, says] of troubles) {
    const found = [{ what, good: false, says: expect.stringMatching(says) }];
    expect(await foundAt({ url: await answering(status, body) })).toMatchObject({ code: 1, found });
  }
  // Without a registry there is nothing to say, until a Schema needs one.
  expect(await foundAt(undefined)).toMatchObject({ code: 0, found: [] });
  const schema = manifest('Schema', 'shop.orders-value', { type: 'AVRO', definition: '"string"' });
  const found = [{ what, good: false, says: expect.stringContaining('registry/none'), remedy: expect.any(String) }];
  expect(await foundAt(undefined, schema)).toMatchObject({ code: 1, found });
});

test('who-can does not pass over the super users that the brokers hide', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/topics.yaml', manifest('Topic', 'shop.orders', {}));
  const { code, stdout } = await landscape.kaas('who-can', 'dev', 'write', 'shop.orders', '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    rights: [],
    caveats: [{ cluster: 'main', caveat: expect.stringContaining('super users') }],
  });
  expect((await landscape.kaas('who-can', 'dev', 'write', 'shop.orders')).stdout).toContain('super users');
});
