import { beforeEach, describe, expect, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, type TestLandscape } from '../landscape.ts';
import type { VaultServer } from '../servers/vault.ts';
import { account, sealedTo, vaultLandscape } from '../vault-landscape.ts';

const usersOf = async ({ prefix }: TestLandscape) =>
  (await kafkaTool('configs', '--describe', '--entity-type', 'users')).split('\n').filter(line => line.includes(`'${prefix}`));

let server: VaultServer;
let landscape: TestLandscape;
beforeEach(async () => {
  ({ server, landscape } = await vaultLandscape());
});

describe('a store that refuses', { timeout: 180_000 }, () => {
  test('a password: Kafka hears of nothing, and the change has failed', async () => {
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout') + manifest('Topic', 'shop.orders', {}));
    server.instead = (asked, response) => {
      if (asked.method !== 'POST') return false;
      response.writeHead(403).end('{"errors":["permission denied"]}');
      return true;
    };
    const outcomes = (applied: Awaited<ReturnType<TestLandscape['apply']>>) =>
      applied.changes.map(each => [each.kind, each.outcome?.state, each.outcome?.code]);
    const both = await landscape.apply();
    expect(outcomes(both)).toEqual([
      ['Topic', 'applied', undefined],
      ['ServiceAccount', 'failed', 'secrets/not-authorized'],
    ]);
    expect(both.code).toBe(5);
    const alone = await landscape.apply();
    expect(outcomes(alone)).toEqual([['ServiceAccount', 'failed', 'secrets/not-authorized']]);
    expect(alone.code).toBe(1);
    expect(await usersOf(landscape)).toEqual([]);
    server.instead = undefined;
    expect((await landscape.apply()).code).toBe(0);
    expect(await usersOf(landscape)).toHaveLength(1);
  });

  describe('to let one key be touched costs that key, and nobody else', () => {
    const refusing = (method: string) => {
      server.instead = (asked, response) => {
        if (asked.method !== method || !/data\/.*broken/.test(asked.path)) return false;
        response.writeHead(403).end('{"errors":["permission denied"]}');
        return true;
      };
    };
    beforeEach(async () => {
      landscape.write('tenants/shop/accounts.yaml', account('shop.broken') + account('shop.checkout'));
      const recipient = (await landscape.kaas('secret', 'rotate-key')).stdout.match(/age1\w+/)?.[0] as string;
      const sealed = await sealedTo(recipient, 'open sesame');
      const word = (name: string) => manifest('Secret', name, { store: 'team-vault', sealed, key: `shop/${name}` });
      landscape.write('tenants/shop/words.yaml', word('broken') + word('whole'));
    });

    test('one that may not be read is impossible, alone', async () => {
      refusing('GET');
      const { problems } = await landscape.plan();
      expect(problems.map(each => [each.code, each.subject?.name]).toSorted()).toEqual([
        ['plan/impossible', 'broken'],
        ['plan/impossible', 'shop.broken'],
      ]);
    });

    test('one that may not be written fails, alone, until it may', async () => {
      refusing('POST');
      const { changes } = await landscape.apply();
      const states = new Map(changes.map(each => [`${each.kind} ${each.name}`, each.outcome?.state]));
      expect(Object.fromEntries(states)).toEqual({
        'ServiceAccount shop.broken': 'failed',
        'ServiceAccount shop.checkout': 'applied',
        'Secret broken': 'failed',
        'Secret whole': 'applied',
      });
      expect(await usersOf(landscape)).toHaveLength(1);
      server.instead = undefined;
      expect((await landscape.apply()).code).toBe(0);
      expect(await usersOf(landscape)).toHaveLength(2);
    });
  });

  test('to be read, or is away: the plan says so before anything is written', async () => {
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout'));
    for (const [status, words] of [
      [403, 'our login has no right below it'],
      [500, 'answered 500'],
    ] as const) {
      server.instead = (_asked, response) => response.writeHead(status).end('{"errors":["no"]}') !== undefined;
      const { code, problems } = await landscape.apply();
      expect([code, problems]).toMatchObject([1, [{ code: 'plan/impossible', message: expect.stringContaining(words) }]]);
    }
    expect(await usersOf(landscape)).toEqual([]);
  });
});
