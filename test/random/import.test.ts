import fc from 'fast-check';
import { test } from 'vitest';
import { kinds } from '#kinds/registry.ts';
import { emptyCluster, memoryKafka } from '#targets/memory/kafka.ts';
import { memoryOutside } from '../memory-outside.ts';
import { around, estate, landscapeAround, raise } from './estates.ts';
import { counting } from './idempotence.ts';
import { expectNothingSilent, expectTakenOver, takeOver } from './take-over.ts';

const cases = Number(process.env.KAAS_RANDOM_IMPORTS ?? 1_000);

test(`any estate on one or two clusters, imported, is a landscape whose plan is empty, and what is left out is said (${cases} random cases in memory)`, {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(estate, { minLength: 1, maxLength: 2 }), around, async (estates, frame) => {
      const logical = ['main', 'us'].slice(0, estates.length);
      const opened = new Map(logical.map(name => [name, counting(memoryKafka({ ...emptyCluster(), clusterId: name }))]));
      const portOf = (name: string) => (opened.get(name) as ReturnType<typeof counting>).kafka;
      const written = () => [...opened.values()].reduce((sum, each) => sum + each.written(), 0);
      for (const [index, name] of logical.entries()) await raise(portOf(name), estates[index] as (typeof estates)[number]);
      const files = landscapeAround(frame, logical);
      const outside = memoryOutside(files, portOf);
      const live = await Promise.all(logical.map(async name => liveOn(name, portOf(name))));
      const discovery = await takeOver(outside, files);
      await expectNothingSilent(outside, discovery, live.flat());
      await expectTakenOver(outside, files, written);
    }),
    { numRuns: cases, ...(process.env.KAAS_RANDOM_SEED === undefined ? {} : { seed: Number(process.env.KAAS_RANDOM_SEED) }) },
  );
});

/** What lives on a cluster, as kinds with a document for each object see it. */
async function liveOn(cluster: string, kafka: ReturnType<typeof memoryKafka>): Promise<string[]> {
  const scope = {
    desired: [],
    owned: new Map(),
    depth: 'all' as const,
    confirm: false,
    foreign: true,
    signal: new AbortController().signal,
  };
  const ports = {
    kafka,
    secrets: () => {
      throw new Error('nothing secret is read');
    },
    schemaRegistry: () => Promise.reject(new Error('no registry is read')),
    connect: () => Promise.reject(new Error('no Connect cluster is read')),
    connectClusters: [],
    authority: () => Promise.reject(new Error('no authority is asked')),
  };
  const read = kinds.map(async kind => {
    if (kind.remote?.toManifest === undefined || !kind.remote.needs.includes('kafka')) return [];
    return (await kind.remote.read(ports, scope)).map(live => `${cluster}\t${kind.name}\t${live.remoteName}`);
  });
  return (await Promise.all(read)).flat();
}
