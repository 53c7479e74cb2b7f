import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { applied, example } from '../example-landscape.ts';
import { kafkaToolOn } from '../kafka-tools.ts';
import { run } from '../landscape.ts';

interface Up {
  readonly clusters: readonly [{ readonly schemaRegistry: string; readonly connect: string }];
}

const listed = async (url: string): Promise<unknown> => (await fetch(url)).json();

test('orders-pipeline: one change brings topics, schemas, accounts and connectors; records flow from file to file; its removal takes all of it back (L3, X7)', {
  timeout: 300_000,
}, async () => {
  const directory = await example('orders-pipeline', { beside: 'connect,schema-registry' });
  const folder = join(directory, 'files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'orders.txt'), 'order-1\norder-2\n');
  const environment = join(directory, 'platform/dev.yaml');
  writeFileSync(environment, readFileSync(environment, 'utf8').replace('/tmp/orders-pipeline', folder));

  await applied(directory, 'dev');
  const { schemaRegistry, connect } = (JSON.parse((await run(directory, ['up', '-o', 'json'])).stdout) as Up).clusters[0];
  expect(await listed(`${schemaRegistry}/subjects`)).toHaveLength(4);
  const archive = () => {
    try {
      return readFileSync(join(folder, 'archive.txt'), 'utf8');
    } catch {
      return '';
    }
  };
  for (const end = Date.now() + 60_000; archive().split('\n').length < 3 && Date.now() < end; ) await sleep(250);
  const failed = JSON.stringify(await listed(`${connect}/connectors?expand=status`));
  expect([archive(), failed]).toEqual([
    '{"order":"order-1","source":"shop-export"}\n{"order":"order-2","source":"shop-export"}\n',
    expect.not.stringContaining('FAILED'),
  ]);
  const shown = JSON.stringify(await listed(`${connect}/connectors?expand=info`));
  expect(shown).toContain('${file:');

  // Its account gets another password under another mechanism: records go on.
  expect((await run(directory, ['rotate', 'dev', 'orders.import', '--yes'])).code).toBe(0);
  await applied(directory, 'dev');
  appendFileSync(join(folder, 'orders.txt'), 'order-3\n');
  for (const end = Date.now() + 60_000; archive().split('\n').length < 4 && Date.now() < end; ) await sleep(250);
  expect(archive()).toContain('order-3');

  rmSync(join(directory, 'tenants'), { recursive: true });
  const held = await run(directory, ['plan', 'dev', '-o', 'json']);
  const blocked = JSON.parse(held.stdout).changes.filter((change: { state: string }) => change.state === 'blocked');
  expect(blocked.map((change: { name: string }) => change.name)).toEqual(['orders.placed']);
  const gone = await run(directory, ['apply', 'dev', '--yes', '-o', 'json', '--confirm-delete', 'orders/Topic/orders.placed']);
  expect([gone.code, JSON.parse(gone.stdout).changes.map((each: { outcome: { state: string } }) => each.outcome.state)]).toEqual([
    0,
    expect.not.arrayContaining([expect.stringMatching(/failed|unknown/)]),
  ]);
  expect(await listed(`${connect}/connectors`)).toEqual([]);
  // Apicurio keeps what a softly deleted schema refers to, because that can come back.
  expect(await listed(`${schemaRegistry}/subjects`)).toEqual(['orders.address', 'orders.money']);
  expect(await kafkaToolOn(directory, 'laptop', 'topics', '--list', '--exclude-internal')).not.toContain('orders.');
  expect(await kafkaToolOn(directory, 'laptop', 'acls', '--list')).not.toContain('orders.');
});
