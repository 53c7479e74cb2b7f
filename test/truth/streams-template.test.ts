import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { kafkaTool, produceAs, runInBackground } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { loginOf } from '../login-of.ts';

/** Kafka's own example, a word count, names its topics itself. */
const demo = 'org.apache.kafka.streams.examples.wordcount.WordCountDemo';
const [input, output] = ['streams-plaintext-input', 'streams-wordcount-output'];
const admin = () => ({ user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' });

interface Right {
  readonly resource: 'topic' | 'group' | 'transactionalId';
  readonly name: (application: string) => string;
  readonly pattern: 'literal' | 'prefixed';
  readonly operation: string;
}
const right = (
  resource: Right['resource'],
  operation: string,
  name: Right['name'],
  pattern: Right['pattern'] = 'literal',
): Right => ({
  resource,
  operation,
  name,
  pattern,
});
/** What the template gives, right by right; the test compares it with what it really expands to. */
const rights: readonly Right[] = [
  right('topic', 'READ', () => input),
  right('topic', 'WRITE', () => output),
  ...['READ', 'WRITE', 'CREATE', 'DELETE'].map(each => right('topic', each, application => `${application}-`, 'prefixed')),
  right('group', 'READ', application => application),
  right('transactionalId', 'WRITE', application => `${application}-`, 'prefixed'),
];

/** Runs the word count, exactly once, with its tables in memory, until it has done its work or the time is over. */
async function counts(login: { properties: string }, application: string, withinMs: number): Promise<boolean> {
  const state = mkdtempSync(join(tmpdir(), 'kaas-streams-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  await using _running = runInBackground(
    demo,
    `${login.properties}
bootstrap.servers=${process.env.KAAS_TEST_BOOTSTRAP}
application.id=${application}
processing.guarantee=exactly_once_v2
dsl.store.suppliers.class=org.apache.kafka.streams.state.BuiltInDslStoreSuppliers$InMemoryDslStoreSuppliers
auto.offset.reset=earliest
commit.interval.ms=300
repartition.purge.interval.ms=300
state.dir=${state}
`,
  );
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    await sleep(1_000);
    if (await hasWorked(application)) return true;
  }
  return false;
}

/** Its input is read and committed with all that followed from it, and what went through its inner topic was purged again. */
async function hasWorked(application: string): Promise<boolean> {
  const groups = await kafkaTool('groups', '--describe', '--group', application).catch(() => '');
  const committed = new RegExp(`${application}\\s+${input}\\s+0\\s+([1-9]\\d*)`).test(groups);
  if (!committed) return false;
  const starts = await kafkaTool('offsets', '--topic-partitions', `${application}-.*-repartition`, '--time', '-2');
  return /-repartition:0:[1-9]/.test(starts);
}

test('streams-application counts words with exactly the rights of its template, and not without any one of them', {
  timeout: 400_000,
}, async () => {
  const landscape = testLandscape({ environment: { prefix: '' } });
  const unique = `shop.${randomBytes(4).toString('hex')}`;
  const owns = { topics: [input, output, 'shop.*'] };
  landscape.write('platform/tenants/shop.yaml', manifest('Tenant', 'shop', { owners: [], owns }));
  const application = (index: number) => `${unique}-without-${index}`;
  const whole = { serviceAccount: `${unique}.whole`, as: 'streams-application', topics: [input] };
  landscape.write(
    'tenants/shop/all.yaml',
    [
      manifest('Topic', input, {}),
      manifest('Topic', output, {}),
      manifest('ServiceAccount', `${unique}.whole`, {}),
      manifest('Access', 'whole', { ...whole, parameters: { applicationId: `${unique}-whole`, outputs: [output] } }),
      ...rights.flatMap((_, without) => [
        manifest('ServiceAccount', `${unique}.without-${without}`, {}),
        ...rights.flatMap((each, index) =>
          index === without
            ? []
            : manifest('Acl', `a-${without}-${index}`, {
                serviceAccount: `${unique}.without-${without}`,
                resource: { type: each.resource, name: each.name(application(without)), pattern: each.pattern },
                operations: [each.operation],
              }),
        ),
      ]),
    ].join(''),
  );
  const applied = await landscape.apply();
  expect([applied.code, applied.problems.filter(each => each.severity === 'error')]).toEqual([0, []]);
  const given = applied.changes.filter(change => change.declaredBy.some(each => each.endsWith('Access/whole')));
  expect(given.map(change => change.name.split('|').slice(1, 5).join(' ')).toSorted()).toEqual(
    rights.map(each => [each.resource, each.pattern, each.name(`${unique}-whole`), each.operation].join(' ')).toSorted(),
  );
  await produceAs(admin(), input, ['to be or not to be']);
  const started = Date.now();
  expect(await counts(await loginOf(landscape, `${unique}.whole`), `${unique}-whole`, 60_000)).toBe(true);
  const enough = Math.max(12_000, 2 * (Date.now() - started));
  for (let next = 0; next < rights.length; next += 3) {
    const tried = rights.slice(next, next + 3).map(async ({ operation, resource }, offset) => {
      const login = await loginOf(landscape, `${unique}.without-${next + offset}`);
      return [`without ${operation} on ${resource}`, await counts(login, application(next + offset), enough)];
    });
    for (const [what, worked] of await Promise.all(tried)) expect([what, worked]).toEqual([what, false]);
  }
});
