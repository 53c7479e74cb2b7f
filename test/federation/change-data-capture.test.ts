import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { Change } from '#model/change.ts';
import { Redacted } from '#model/redacted.ts';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { applied, copyOf, upIn } from '../example-landscape.ts';
import { consumeOn } from '../kafka-tools.ts';
import { run } from '../landscape.ts';
import { startPostgres } from '../postgres.ts';
import { installDebezium } from './debezium.ts';

test('a row that is inserted into Postgres arrives in a topic of one cluster and, mirrored, in the other; its password is shown nowhere', {
  timeout: 400_000,
}, async () => {
  const postgres = await startPostgres('wal_level=logical');
  onTestFinished(() => postgres.stop());
  const { hostname, port, password, pathname } = new URL(postgres.url);
  const directory = copyOf('change-data-capture');
  const environment = join(directory, 'platform/environments/prod.yaml');
  const variables = `variables: { databaseHost: ${hostname}, databasePort: ${port}, databaseName: ${pathname.slice(1)} }`;
  writeFileSync(environment, readFileSync(environment, 'utf8').replace(/variables: .*/, variables));
  installDebezium(directory);
  await upIn(directory, '--with', 'connect');

  const database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  onTestFinished(() => database.end().catch(() => {}));
  await database.query('CREATE TABLE customers (id int PRIMARY KEY, name text)');
  await database.query("INSERT INTO customers VALUES (1, 'Ada')");

  const without = await run(directory, ['plan', 'prod', '-o', 'json']);
  expect(without.stdout).toContain('connector/secret-missing');
  await openLocalSecrets({ directory: join(directory, '.kaas') }).put('shop/database', new Redacted(password));
  const plan = await run(directory, ['plan', 'prod', '-o', 'json']);
  const changes: Change[] = JSON.parse(plan.stdout).changes;
  expect(changes.flatMap(each => (each.state === 'impossible' ? each.reasons : []))).toEqual([]);
  expect(plan.stdout).toContain('${secret.local.shop/database}');
  await applied(directory, 'prod');

  await database.query("INSERT INTO customers VALUES (2, 'Grace')");
  const names = async (cluster: string) => {
    const records = await consumeOn(directory, cluster, { topic: 'shop.public.customers', group: 'shop.test', count: 2 });
    return records.map(record => JSON.parse(record).after.name);
  };
  expect(await names('berlin')).toEqual(['Ada', 'Grace']);
  expect(await names('dublin')).toEqual(['Ada', 'Grace']);

  for (const cluster of ['berlin', 'dublin']) {
    const { connect } = JSON.parse(readFileSync(join(directory, '.kaas/up', cluster, 'cluster.json'), 'utf8')).beside;
    const shown = await (await fetch(`http://127.0.0.1:${connect.port}/connectors?expand=info&expand=status`)).text();
    expect(shown).toContain(cluster === 'berlin' ? 'shop.customers' : 'customers-to-dublin-source');
    expect(shown).not.toContain(password);
    expect(shown).not.toMatch(/password=\\"[^$]/);
  }
  const history = await run(directory, ['history', '-o', 'json']);
  expect(plan.stdout + plan.stderr + history.stdout).not.toContain(password);
});
