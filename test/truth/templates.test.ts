import { beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '#kinds/registry.ts';
import type { Fact } from '#model/fact.ts';
import {
  consumeAs,
  type Finished,
  kafkaToolAs,
  type Login,
  produceAs,
  produceInTransactionAs,
  shareConsumeAs,
} from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { loginOf } from '../login-of.ts';

type Template = Extract<Fact, { fact: 'accessTemplate' }>;
const builtIn = kinds.flatMap(kind => (kind.builtInFacts ?? []) as Template[]);

/** What a template is for, done with Kafka's own client: true if it could be done. */
const tries: Readonly<Record<string, (login: Login, names: { topic: string; group: string; id: string }) => Promise<boolean>>> = {
  producer: async (login, { topic }) => worked(await produceAs(login, topic, ['from a producer'])),
  consumer: async (login, { topic, group }) => (await consumeAs(login, topic, { group, count: 1 })).stdout.includes('seed'),
  'share-consumer': async (login, { topic, group }) =>
    (await shareConsumeAs(login, topic, { group, count: 1 })).stdout.includes('seed'),
  'transactional-producer': async (login, { topic, id }) => worked(await produceInTransactionAs(login, topic, id)),
  viewer: async (login, { topic }) => {
    const described = await kafkaToolAs(login, 'topics', '--describe', '--topic', topic);
    return worked(described) && described.stdout.includes('segment.ms');
  },
};

const worked = ({ code, stdout, stderr }: Finished): boolean => code === 0 && !/Exception|not authorized/i.test(stdout + stderr);

describe.each(Object.keys(tries))('the template %s', name => {
  const template = builtIn.find(each => each.name === name) as Template;
  const rights = template.rules.flatMap(rule => rule.operations.map(operation => ({ resource: rule.resource, operation })));
  const admin = (): Login => ({
    user: process.env.KAAS_TEST_ADMIN_USER ?? '',
    password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '',
  });
  beforeAll(() => expect(template).not.toBeUndefined());

  test('works, and does not without any one of its rights', { timeout: 240_000 }, async () => {
    const landscape = testLandscape();
    const given: Record<string, string> = { group: 'shop.group', transactionalId: 'shop.tx' };
    const needed = Object.fromEntries(Object.entries(given).filter(([parameter]) => template.parameters.includes(parameter)));
    const access = { serviceAccount: 'shop.whole', as: name, topics: ['shop.data'], ...needed };
    const documents = [
      manifest('Topic', 'shop.data', { config: { 'segment.ms': '3600000' } }),
      manifest('ServiceAccount', 'shop.whole', {}),
      manifest('Access', 'whole', access),
    ];
    const named: Record<string, string> = { topic: 'shop.data', ...needed };
    rights.forEach((_left, without) => {
      documents.push(manifest('ServiceAccount', `shop.without-${without}`, {}));
      rights.forEach(({ resource, operation }, index) => {
        if (index !== without)
          documents.push(
            manifest('Acl', `a-${without}-${index}`, {
              serviceAccount: `shop.without-${without}`,
              resource: { type: resource, name: named[resource] },
              operations: [operation],
            }),
          );
      });
    });
    landscape.write('tenants/shop/all.yaml', documents.join(''));
    const applied = await landscape.apply();
    expect(applied.problems).toEqual([]);
    const names = {
      topic: `${landscape.prefix}shop.data`,
      group: `${landscape.prefix}shop.group`,
      id: `${landscape.prefix}shop.tx`,
    };
    await produceAs(admin(), names.topic, ['seed']);
    const attempt = tries[name] as (typeof tries)[string];
    if (name === 'share-consumer')
      await kafkaToolAs(
        admin(),
        'configs',
        '--alter',
        '--entity-type',
        'groups',
        '--entity-name',
        names.group,
        '--add-config',
        'share.auto.offset.reset=earliest',
      );
    expect(await attempt(await loginOf(landscape, 'shop.whole'), names)).toBe(true);
    for (const [without, { resource, operation }] of rights.entries())
      expect([
        `without ${operation} on ${resource}`,
        await attempt(await loginOf(landscape, `shop.without-${without}`), names),
      ]).toEqual([`without ${operation} on ${resource}`, false]);
  });
});
