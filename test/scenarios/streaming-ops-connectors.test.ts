import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWorker, within } from '../connect-worker.ts';
import { scramProperties } from '../kafka-tools.ts';
import { manifest, type OutcomePlan, run } from '../landscape.ts';

test('streaming-ops: connectors whose classes the workers lack are impossible in dev; those that name the cluster of dev are refused in prd, stopped as they are', {
  timeout: 180_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-example-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(join(import.meta.dirname, '../../examples/streaming-ops'), directory, { recursive: true });
  const user = process.env.KAAS_TEST_ADMIN_USER ?? '';
  const login = { user, password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' };
  await using worker = await startWorker(scramProperties(login), `streaming-ops-${randomBytes(4).toString('hex')}`);
  expect(await within(90_000, () => worker.answers())).toBe(true);
  const connection = {
    bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'SCRAM-SHA-512',
    username: user,
    password: { env: 'KAAS_TEST_ADMIN_PASSWORD' },
    connect: { main: { url: worker.url }, cloud: { url: worker.url } },
  };
  const cluster = manifest('KafkaCluster', 'microservices-orders-dev', { configuredBy: 'dev', connection });
  writeFileSync(join(directory, 'platform/clusters/dev.yaml'), cluster);

  const { stdout } = await run(directory, ['plan', 'dev', '-o', 'json']);
  const connectors = (JSON.parse(stdout) as OutcomePlan).changes.filter(each => each.kind === 'Connector');
  expect(connectors.map(each => [each.remoteName, each.state, each.reasons.map(reason => reason.code)])).toEqual([
    ['cloud/orders-bq-sink', 'impossible', ['connector/class-missing']],
    ['cloud/pageviews-datagen', 'impossible', ['connector/class-missing']],
    ['main/jdbc-customers', 'impossible', ['connector/class-missing']],
  ]);
  for (const each of connectors)
    expect(each.reasons[0]?.message).toContain('org.apache.kafka.connect.file.FileStreamSinkConnector');

  const prd = JSON.parse((await run(directory, ['validate', 'prd', '-o', 'json'])).stdout) as Pick<OutcomePlan, 'problems'>;
  const errors = prd.problems.filter(each => each.severity === 'error');
  expect(errors.map(each => [each.code, each.subject?.name, each.at?.file])).toEqual(
    ['pageviews-datagen', 'orders-bq-sink'].map(name => ['connector/foreign-connect', name, 'tenants/pipelines/cloud.yaml']),
  );
});
