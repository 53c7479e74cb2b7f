import { expect, test } from 'vitest';
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
