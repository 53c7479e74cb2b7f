import { expect, test } from 'vitest';
import type { Resource } from '#model/resource.ts';
import { compareEnvironments } from './compare.ts';

const topic = (name: string, spec: object) =>
  ({
    cluster: 'main',
    tenant: 't',
    kind: 'Topic',
    name,
    spec,
    labels: {},
    annotations: {},
    managed: true,
    protected: false,
  }) as unknown as Resource;

test('environments differ in fields and in what one of them lacks; prefixes do not count', () => {
  const dev = [topic('a', { partitions: 3, mirror: 'dev.a' }), topic('b', {}), topic('same', { x: ['dev.y'] })];
  const prod = [topic('a', { partitions: 6, mirror: 'a', config: { k: 1 } }), topic('same', { x: ['y'] })];
  const found = compareEnvironments(
    { environment: 'dev', prefix: 'dev.', resources: dev },
    { environment: 'prod', prefix: '', resources: prod },
  );
  expect(found).toMatchObject([
    {
      name: 'a',
      fields: [
        { path: 'config', from: null, to: { k: 1 } },
        { path: 'partitions', from: 3, to: 6 },
      ],
    },
    { name: 'b', onlyIn: 'dev', fields: [] },
  ]);
});

test('environments differ in protection, management, labels and annotations too', () => {
  const here = topic('a', {});
  const there = { ...here, protected: true, labels: { tier: 'gold' } };
  const found = compareEnvironments(
    { environment: 'dev', prefix: '', resources: [here] },
    { environment: 'prod', prefix: '', resources: [there] },
  );
  expect(found[0]?.fields).toEqual([
    { path: 'metadata.labels.tier', from: null, to: 'gold' },
    { path: 'metadata.protected', from: false, to: true },
  ]);
});
