import { beforeAll, describe, expect, test } from 'vitest';
import { type CompatibilityMode, compatible, type SchemaType } from '#schemas/index.ts';
import { testRegistry } from '../beside.ts';
import { type Pair, pairsOf, schemaOf } from './pairs.ts';

const types: readonly SchemaType[] = ['AVRO', 'PROTOBUF', 'JSON'];

describe.skipIf(process.env.KAAS_TEST_STACK === 'off')('a real registry', () => {
  let registry: string;
  const run = `${Date.now()}`;
  beforeAll(async () => {
    registry = process.env.KAAS_TEST_REGISTRY ?? (await testRegistry());
  }, 600_000);

  async function call(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${registry}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    const said = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  }

  async function judged(pair: Pair, subject: string, mode: CompatibilityMode): Promise<string> {
    await call('PUT', `/config/${subject}`, { compatibility: mode });
    const body = { schemaType: pair.type, schema: pair.new };
    const { is_compatible } = await call('POST', `/compatibility/subjects/${subject}/versions/latest`, body);
    return is_compatible === true ? 'compatible' : 'incompatible';
  }

  test.each(types)(
    'judges %s as we do, but where the pair says otherwise',
    async type => {
      const differences: unknown[] = [];
      for (const [index, pair] of pairsOf(type).entries()) {
        const subject = `${run}-${type.toLowerCase()}-${index}`;
        await call('PUT', `/config/${subject}`, { compatibility: 'NONE' });
        await call('POST', `/subjects/${subject}/versions`, { schemaType: type, schema: pair.old });
        for (const [mode, direction] of [
          ['BACKWARD', 'backward'],
          ['FORWARD', 'forward'],
        ] as const) {
          const theirs = await judged(pair, subject, mode);
          const ours = compatible(mode, schemaOf(type, pair.new), [schemaOf(type, pair.old)]).verdict;
          // Uncertain agrees with either, and still the pair says what the registry says when that is a refusal.
          const expected = pair.registry[direction] ?? (ours === 'uncertain' ? 'compatible' : ours);
          if (theirs !== expected) differences.push({ pair: pair.name, mode, theirs, expected });
        }
      }
      expect(differences).toEqual([]);
    },
    600_000,
  );
});
