import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { manifest, testLandscape } from './landscape.ts';

const impossible = manifest('Topic', 'pay.a', { config: { nonsense: '1' } });

function twoTenants() {
  const landscape = testLandscape();
  landscape.write('platform/tenants/pay.yaml', manifest('Tenant', 'pay', { owners: [] }));
  landscape.write('tenants/pay/a.yaml', impossible);
  landscape.write('tenants/shop/a.yaml', manifest('Topic', 'shop.a', {}) + manifest('Topic', 'shop.b', {}));
  const aside = mkdtempSync(join(tmpdir(), 'kaas-plan-'));
  onTestFinished(() => rmSync(aside, { recursive: true, force: true }));
  return { landscape, file: join(aside, 'plan.json') };
}

test('apply writes nothing while the plan has a problem, and its document says so of each change', async () => {
  const { landscape } = twoTenants();
  const { code, stdout, requests } = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect({ code, writes: requests.writes }).toEqual({ code: 1, writes: 0 });
  expect(JSON.parse(stdout).changes.map((change: { outcome: { state: string } }) => change.outcome.state)).toEqual([
    'skipped',
    'skipped',
    'skipped',
  ]);
});

test('a plan that was saved for one tenant is applied for that tenant, whatever another one did; once only', async () => {
  const { landscape, file } = twoTenants();
  expect((await landscape.kaas('plan', 'dev', '--tenant', 'shop', '--out', file)).code).toBe(0);
  const narrowed = await landscape.kaas('apply', 'dev', '--yes', '--plan', file, '--tenant', 'shop');
  expect({ code: narrowed.code, stderr: narrowed.stderr }).toEqual({ code: 64, stderr: expect.stringContaining('--plan') });
  expect((await landscape.apply('--plan', file)).code).toBe(0);
  const again = await landscape.apply('--plan', file);
  expect(again.code).toBe(1);
  expect(again.changes.map(change => change.outcome?.state)).toEqual(['refused', 'refused']);
});

test('a saved plan carries its confirmations: what was confirmed when it was planned is deleted, and a flag that comes too late is told', async () => {
  const { landscape, file } = twoTenants();
  landscape.remove('tenants/pay/a.yaml');
  await landscape.apply();
  landscape.write('tenants/shop/a.yaml', manifest('Topic', 'shop.b', {}));
  const bare = JSON.parse((await landscape.kaas('plan', 'dev', '--out', file, '-o', 'json')).stdout);
  const late = await landscape.kaas('apply', 'dev', '--yes', '--plan', file, '--confirm-delete', 'shop/Topic/shop.a');
  expect({ code: late.code, stderr: late.stderr, writes: late.requests.writes }).toEqual({
    code: 64,
    stderr: expect.stringContaining('kaas plan --confirm-delete shop/Topic/shop.a --out'),
    writes: 0,
  });
  const confirmed = await landscape.plan('--out', file, '--confirm-delete', 'shop/Topic/shop.a');
  expect(confirmed).toMatchObject({ digest: bare.digest, changes: [{ action: 'delete', state: 'ready' }] });
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), confirmed: 'all' }));
  expect((await landscape.kaas('apply', 'dev', '--yes', '--plan', file)).stderr).toContain('cli/no-saved-plan');
  await landscape.plan('--out', file, '--confirm-delete', 'shop/Topic/shop.a');
  expect(await landscape.apply('--plan', file)).toMatchObject({ code: 0, changes: [{ outcome: { state: 'applied' } }] });
  expect(await landscape.apply()).toMatchObject({ changes: [] });
});

test('what was ready in a saved plan and is held back by now is refused, not passed over', async () => {
  const { landscape, file } = twoTenants();
  landscape.remove('tenants/pay/a.yaml');
  landscape.write('tenants/shop/a.yaml', manifest('ServiceAccount', 'shop.a', {}) + manifest('Topic', 'shop.b', {}));
  await landscape.apply();
  landscape.write('tenants/shop/a.yaml', manifest('Topic', 'shop.b', {}));
  await landscape.kaas('plan', 'dev', '--out', file);
  const both = manifest('ServiceAccount', 'shop.a', {}, { protected: true }) + manifest('Topic', 'shop.b', {});
  landscape.write('tenants/shop/a.yaml', both);
  await landscape.apply();
  landscape.write('tenants/shop/a.yaml', manifest('Topic', 'shop.b', {}));
  expect(await landscape.apply('--plan', file)).toMatchObject({
    code: 1,
    changes: [{ outcome: { state: 'refused', message: expect.stringContaining('protected') } }],
  });
});

test('a saved plan that somebody changed is no plan any more: its digest must not stand for other changes', async () => {
  const { landscape, file } = twoTenants();
  await landscape.kaas('plan', 'dev', '--tenant', 'shop', '--out', file);
  const plan = JSON.parse(readFileSync(file, 'utf8'));
  for (const changes of [plan.changes.slice(1), [null], [...plan.changes, { ...plan.changes[0], digest: 'sha256:x' }]]) {
    writeFileSync(file, JSON.stringify({ ...plan, changes }));
    const { code, stderr, requests } = await landscape.kaas('apply', 'dev', '--yes', '--plan', file);
    expect({ code, stderr, writes: requests.writes }).toEqual({
      code: 1,
      stderr: expect.stringContaining('cli/no-saved-plan'),
      writes: 0,
    });
  }
});

test('narrowed to a tenant, apply goes on beside what that tenant cannot have', async () => {
  const { landscape } = twoTenants();
  landscape.write('tenants/shop/bad.yaml', manifest('Topic', 'shop.bad', { config: { nonsense: '1' } }));
  const applied = await landscape.apply('--tenant', 'shop');
  expect(applied.code).toBe(5);
  expect(applied.changes.map(change => [change.name, change.outcome?.state])).toEqual([
    ['shop.a', 'applied'],
    ['shop.b', 'applied'],
    ['shop.bad', 'skipped'],
  ]);
});

test('narrowing never deletes nor forgets what is outside', async () => {
  const { landscape } = twoTenants();
  landscape.write('tenants/pay/a.yaml', manifest('Topic', 'pay.a', {}));
  await landscape.apply();
  for (const narrowing of [
    ['--tenant', 'pay'],
    ['--kind', 'ServiceAccount'],
    ['--name', 'shop.a'],
    ['--cluster', 'main', '--name', 'pay/pay.a'],
  ]) {
    expect((await landscape.plan(...narrowing)).changes).toEqual([]);
    expect((await landscape.apply(...narrowing)).changes).toEqual([]);
    const drift = await landscape.kaas('drift', 'dev', ...narrowing, '-o', 'name');
    expect({ code: drift.code, stdout: drift.stdout }).toEqual({ code: 0, stdout: '' });
  }
  expect((await landscape.plan()).summary.unchanged).toBe(3);
});

test('a narrowed plan reads once: an account outside it that is nothing on the cluster is not looked for again', async () => {
  const { landscape } = twoTenants();
  landscape.remove('tenants/pay/a.yaml');
  const external = { principal: `User:CN=${landscape.prefix}x`, authentication: { type: 'external' } };
  landscape.write('platform/accounts.yaml', manifest('ServiceAccount', 'x', external) + manifest('ServiceAccount', 'y', {}));
  await landscape.apply();
  for (const narrowing of [[], ['--name', 'y']]) {
    const { stdout, requests } = await landscape.kaas('plan', 'dev', ...narrowing, '-o', 'json');
    expect(JSON.parse(stdout).changes).toEqual([]);
    expect({ narrowing, reads: requests.byApi.DescribeUserScramCredentials }).toEqual({ narrowing, reads: 1 });
  }
});
