import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { clientSettings, startWorker, type Worker, within } from '../connect-worker.ts';
import { kafkaTool, produceAs, scramProperties } from '../kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';
import { loginOf } from '../login-of.ts';

interface Right {
  readonly type: 'topic' | 'group' | 'transactionalId';
  readonly name: string;
  readonly operation: string;
}
interface Trial {
  readonly account: string;
  readonly what: string;
}

const admin = () => ({ user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' });
const text = (right: Right) => `${right.operation} on ${right.type} ${right.name}`;

/** A landscape without prefix, since Connect names groups and transactional ids itself; everything else is unique. */
function setting() {
  const landscape = testLandscape({ environment: { prefix: '' } });
  const unique = `shop.${randomBytes(4).toString('hex')}`;
  const owns = { topics: ['shop.*'], groups: ['shop.*', 'connect-shop.*'], transactionalIds: ['shop.*'] };
  landscape.write('platform/tenants/shop.yaml', manifest('Tenant', 'shop', { owners: [], owns }));
  const folder = mkdtempSync(join(tmpdir(), 'kaas-connect-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { landscape, unique, folder };
}

const topics = (names: readonly string[]) =>
  names.map(name => manifest('Topic', name, name.endsWith('-data') ? {} : { config: { 'cleanup.policy': 'compact' } }));
const workerTopics = (group: string) => ['configs', 'offsets', 'statuss'].map(each => `${group}-${each}`);

/** One account with an Access, and one more for each of its rights that has all others: by `rightsOf`, since some names differ by account. */
function trials(names: readonly string[], access: (account: string) => object, rightsOf: (account: string) => readonly Right[]) {
  const [whole = ''] = names;
  const rights = rightsOf(whole);
  const documents = [manifest('ServiceAccount', whole, {}), manifest('Access', `${whole}-access`, access(whole))];
  const less = rights.map<Trial>((right, without) => ({ account: `${whole}-without-${without}`, what: text(right) }));
  less.forEach(({ account }, without) => {
    documents.push(manifest('ServiceAccount', account, {}));
    rightsOf(account).forEach(({ type, name, operation }, index) => {
      if (index !== without)
        documents.push(
          manifest('Acl', `${account}-${index}`, { serviceAccount: account, resource: { type, name }, operations: [operation] }),
        );
    });
  });
  return { documents, rights, whole: { account: whole, what: 'nothing' }, less };
}

/** Applies it all, and holds the template to exactly the rights that the trials are about. */
async function apply(landscape: TestLandscape, documents: readonly string[], rights: readonly Right[]): Promise<void> {
  landscape.write('tenants/shop/all.yaml', documents.join(''));
  const applied = await landscape.apply();
  expect([applied.code, applied.problems.filter(each => each.severity === 'error')]).toEqual([0, []]);
  const given = applied.changes.filter(change => change.declaredBy.some(each => each.endsWith('-access')));
  expect(given.map(change => change.name.split('|').slice(1, 5).join(' ')).toSorted()).toEqual(
    rights.map(({ type, name, operation }) => `${type} literal ${name} ${operation}`).toSorted(),
  );
}

/** All begin at once. The whole one has to work; after as long again none of the others may have. */
async function decide(
  whole: Trial,
  less: readonly Trial[],
  { begin, done }: { begin(trial: Trial): Promise<boolean>; done(trial: Trial): Promise<boolean> },
): Promise<void> {
  const started = Date.now();
  for (const trial of [whole, ...less]) expect(await within(60_000, () => begin(trial))).toBe(true);
  expect([whole.account, await within(180_000, () => done(whole))]).toEqual([whole.account, true]);
  await sleep(Math.max(5_000, Date.now() - started));
  for (const trial of less) expect([`without ${trial.what}`, await done(trial)]).toEqual([`without ${trial.what}`, false]);
}

async function adminWorker(group: string, settings: Readonly<Record<string, string>>): Promise<Worker> {
  const worker = await startWorker(scramProperties(admin()), group, settings);
  expect([await within(180_000, worker.answers), worker.output().slice(-2_000)]).toEqual([true, expect.any(String)]);
  return worker;
}

test('connect-worker runs a worker on its three topics, and not without any one of its rights', {
  timeout: 300_000,
}, async () => {
  const { landscape, unique, folder } = setting();
  writeFileSync(join(folder, 'in'), 'line\n');
  const made = trials(
    [`${unique}.worker`],
    account => ({ serviceAccount: account, as: 'connect-worker', topics: workerTopics(account), group: account }),
    account => [
      ...workerTopics(account).flatMap(name => ['READ', 'WRITE'].map(operation => ({ type: 'topic' as const, name, operation }))),
      { type: 'group', name: account, operation: 'READ' },
    ],
  );
  const accounts = [made.whole, ...made.less];
  await apply(
    landscape,
    [...topics(accounts.flatMap(each => [...workerTopics(each.account), `${each.account}-data`])), ...made.documents],
    made.rights,
  );
  const works = async ({ account }: Trial, ms: number): Promise<boolean> => {
    const { properties } = await loginOf(landscape, account);
    await using worker = await startWorker(properties, account);
    const config = {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      file: join(folder, 'in'),
      topic: `${account}-data`,
      ...clientSettings('producer.override.', scramProperties(admin())),
    };
    const until = Date.now() + ms;
    if (!(await within(ms, worker.answers))) return false;
    if (!(await within(until - Date.now(), () => worker.create(account, config)))) return false;
    const runs = async () => (await worker.state(account)) === 'RUNNING' && (await endOf(`${account}-data`)) > 0;
    return (await within(until - Date.now(), runs)) && (await within(until - Date.now(), () => worker.knowsOffsets(account)));
  };
  const started = Date.now();
  expect(await works(made.whole, 180_000)).toBe(true);
  const enough = Math.max(20_000, 2 * (Date.now() - started));
  for (let next = 0; next < made.less.length; next += 2) {
    const answers = made.less.slice(next, next + 2).map(async trial => [trial.what, await works(trial, enough)]);
    for (const [what, worked] of await Promise.all(answers)) expect([what, worked]).toEqual([what, false]);
  }
});

/** How many records stand on a topic. */
async function endOf(topic: string): Promise<number> {
  const ends = await kafkaTool('offsets', '--topic', topic);
  return [...ends.matchAll(/:(\d+)$/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
}

test('sink-connector moves records out, and not without any one of its rights', { timeout: 600_000 }, async () => {
  const { landscape, unique, folder } = setting();
  const data = `${unique}-data`;
  const made = trials(
    [`${unique}.sink`],
    account => ({ serviceAccount: account, as: 'sink-connector', topics: [data], group: `connect-${account}` }),
    account => [
      { type: 'topic', name: data, operation: 'READ' },
      { type: 'group', name: `connect-${account}`, operation: 'READ' },
    ],
  );
  await apply(landscape, [...topics([data, ...workerTopics(unique)]), ...made.documents], made.rights);
  await produceAs(admin(), data, ['seed']);
  await using worker = await adminWorker(unique, {});
  const fileOf = (account: string) => join(folder, account);
  await decide(made.whole, made.less, {
    begin: async ({ account }) =>
      worker.create(account, {
        'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
        file: fileOf(account),
        topics: data,
        ...clientSettings('consumer.override.', (await loginOf(landscape, account)).properties),
      }),
    done: async ({ account }) => existsSync(fileOf(account)) && readFileSync(fileOf(account), 'utf8').includes('seed'),
  });
});

test.each([
  ['source-connector moves records in', false],
  ['source-connector with a transactional id moves records in exactly once', true],
])('%s, and not without any one of its rights', { timeout: 600_000 }, async (_name, exactlyOnce) => {
  const { landscape, unique, folder } = setting();
  writeFileSync(join(folder, 'in'), 'line\n');
  const offsets = `${unique}-offsets`;
  const dataOf = (account: string) => `${account}-data`;
  const id = (account: string) => `${unique}-${account}-0`;
  const written = (account: string) => [dataOf(account), ...(exactlyOnce ? [offsets] : [])];
  const made = trials(
    [`${unique}.source`],
    account => ({
      serviceAccount: account,
      as: 'source-connector',
      topics: written(account),
      ...(exactlyOnce ? { transactionalId: id(account) } : {}),
    }),
    account => [
      ...written(account).map(name => ({ type: 'topic' as const, name, operation: 'WRITE' })),
      ...(exactlyOnce ? [{ type: 'transactionalId' as const, name: id(account), operation: 'WRITE' }] : []),
    ],
  );
  const accounts = [made.whole, ...made.less].map(each => each.account);
  await apply(landscape, [...topics([...workerTopics(unique), ...accounts.map(dataOf)]), ...made.documents], made.rights);
  await using worker = await adminWorker(unique, exactlyOnce ? { 'exactly.once.source.support': 'enabled' } : {});
  await decide(made.whole, made.less, {
    begin: async ({ account }) =>
      worker.create(account, {
        'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
        file: join(folder, 'in'),
        topic: dataOf(account),
        ...(exactlyOnce ? { 'exactly.once.support': 'required' } : {}),
        ...clientSettings('producer.override.', (await loginOf(landscape, account)).properties),
      }),
    // What an aborted transaction wrote stands on the topic too: only where offsets were committed a record was moved.
    done: async ({ account }) =>
      (await worker.state(account)) === 'RUNNING' && (await endOf(dataOf(account))) > 0 && (await worker.knowsOffsets(account)),
  });
});
