import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connect, LiveConnector } from '#ports/connect.ts';

const source = 'org.apache.kafka.connect.file.FileStreamSourceConnector';

/** What every implementation of `Connect` promises; `open` may take as long as a worker needs to start. */
export function connectContract(what: string, open: () => Promise<Connect>): void {
  describe(what, { timeout: 120_000 }, () => {
    let connect: Connect;
    beforeAll(async () => {
      connect = await open();
    }, 180_000);
    afterAll(() => connect?.[Symbol.asyncDispose]());

    const fresh = () => `contract-${randomBytes(4).toString('hex')}`;
    const config = (more: Record<string, string> = {}) => ({
      'connector.class': source,
      topic: 'contract',
      file: '/dev/null',
      ...more,
    });
    const find = async (name: string) => (await connect.connectors()).find(each => each.name === name);
    const until = async (
      name: string,
      holds: (found: LiveConnector | undefined) => boolean,
    ): Promise<LiveConnector | undefined> => {
      for (const end = Date.now() + 60_000; ; await sleep(200)) {
        const found = await find(name);
        if (holds(found)) return found;
        if (Date.now() > end) throw new Error(`${name} is ${JSON.stringify(found)}`);
      }
    };
    const made = async (state: 'running' | 'paused' | 'stopped', more: Record<string, string> = {}) => {
      const name = fresh();
      expect((await connect.create([{ name, config: config(more), state }])).map(each => each.ok)).toEqual([true]);
      await until(name, found => found?.state === state.toUpperCase());
      return name;
    };

    test('the classes that it has are listed with their type', async () => {
      const plugins = await connect.plugins();
      expect(plugins.find(each => each.class === source)?.type).toBe('source');
    });

    test.each(['running', 'paused', 'stopped'] as const)(
      'a connector is made %s from the start, and all is read at once',
      async state => {
        const name = await made(state, { 'tasks.max': '1' });
        const before = connect.requests.byApi.get('GET /connectors?expand=info&expand=status') ?? 0;
        const found = await find(name);
        expect(connect.requests.byApi.get('GET /connectors?expand=info&expand=status')).toBe(before + 1);
        expect(found?.config).toMatchObject({ ...config(), name });
        expect(found?.type).toBe('source');
        expect(await connect.names()).toContain(name);
        if (state === 'stopped') expect(found?.tasks).toEqual([]);
        await connect.remove([name]);
      },
    );

    test('what cannot be made is refused by item, and its neighbour is made', async () => {
      const [taken, other] = [await made('stopped'), fresh()];
      const results = await connect.create([
        { name: taken, config: config(), state: 'running' },
        { name: fresh(), config: { ...config(), 'connector.class': 'no.such.Class' }, state: 'running' },
        { name: fresh(), config: config({ 'batch.size': 'many' }), state: 'running' },
        { name: other, config: config(), state: 'stopped' },
      ]);
      expect(results.map(each => (each.ok ? 'made' : each.fault.code))).toEqual([
        'connect/conflict',
        expect.stringMatching(/^connect\//),
        'connect/invalid',
        'made',
      ]);
      await connect.remove([taken, other]);
    });

    test('a configuration is replaced whole', async () => {
      const name = await made('running', { 'batch.size': '10' });
      expect((await connect.configure([{ name, config: config({ file: '/dev/zero' }) }])).map(each => each.ok)).toEqual([true]);
      const found = await until(name, each => each?.config.file === '/dev/zero');
      expect(found?.config['batch.size']).toBeUndefined();
      await connect.remove([name]);
    });

    test('a validation names fields, their types and defaults, and writes nothing', async () => {
      const writes = connect.requests.writes;
      const name = fresh();
      const [good, bad, none] = await connect.validate([
        { name, config: config() },
        { name, config: config({ 'batch.size': 'many' }) },
        { name, config: { 'connector.class': 'no.such.Class' } },
      ]);
      const fields = (result: typeof good) => new Map(result?.ok ? result.value.fields.map(each => [each.name, each]) : []);
      expect([...fields(good).values()].flatMap(each => each.errors)).toEqual([]);
      expect(fields(good).get('batch.size')).toMatchObject({ type: 'INT', default: '2000' });
      expect(fields(bad).get('batch.size')?.errors).toEqual([expect.stringContaining('many')]);
      expect(none?.ok).toBe(false);
      expect([connect.requests.writes, await find(name)]).toEqual([writes, undefined]);
    });

    test('states follow each other, and a connector that is not there cannot be told anything', async () => {
      const name = await made('running');
      for (const state of ['paused', 'running', 'stopped'] as const) {
        expect((await connect.setState([{ name, state }])).map(each => each.ok)).toEqual([true]);
        await until(name, found => found?.state === state.toUpperCase());
      }
      await connect.remove([name]);
      const [told] = await connect.setState([{ name: fresh(), state: 'stopped' }]);
      const again = await connect.restart(fresh(), { onlyFailed: true });
      expect([told?.ok, again.ok]).toEqual([false, false]);
    });

    test('removing one that is not there is no failure', async () => {
      const name = await made('stopped');
      for (let time = 0; time < 2; time++)
        expect((await connect.remove([name, fresh()])).map(each => each.ok)).toEqual([true, true]);
      await until(name, found => found === undefined);
    });

    test('offsets are told, and forgotten only by a connector that is stopped', async () => {
      const name = await made('running');
      expect(await connect.offsets(name)).toEqual([]);
      expect((await connect.resetOffsets(name)).ok).toBe(false);
      await connect.setState([{ name, state: 'stopped' }]);
      await until(name, found => found?.state === 'STOPPED');
      expect((await connect.resetOffsets(name)).ok).toBe(true);
      expect(await connect.offsets(fresh())).toBe(null);
      await connect.remove([name]);
    });

    test('names with spaces and signs are names like others', async () => {
      const name = `${fresh()} a?b#ü+;&|"<:[`;
      expect((await connect.create([{ name, config: config(), state: 'stopped' }])).map(each => each.ok)).toEqual([true]);
      await until(name, found => found?.state === 'STOPPED');
      expect((await connect.remove([name])).map(each => each.ok)).toEqual([true]);
      await until(name, found => found === undefined);
    });
  });
}
