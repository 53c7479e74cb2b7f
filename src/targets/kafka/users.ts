import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { alterUserScramCredentialsV0, describeUserScramCredentialsV0 } from '@platformatic/kafka';
import type { ItemResult } from '#model/fault.ts';
import type { Kafka, ScramCredential, ScramMechanism } from '#ports/kafka.ts';
import { inTurn, parts } from './batches.ts';
import type { Brokers } from './brokers.ts';
import { itemOf } from './faults.ts';
import { requireDescribe, rightFor } from './rights.ts';

const derive = promisify(pbkdf2);
const codes = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const satisfies Record<ScramMechanism, number>;
const hashes = { 'SCRAM-SHA-256': { name: 'sha256', bytes: 32 }, 'SCRAM-SHA-512': { name: 'sha512', bytes: 64 } } as const;
const usersPerRequest = 1_000;

interface Deletion {
  readonly user: string;
  readonly mechanism: ScramMechanism;
}

/** SCRAM credentials. The password is salted and hashed here (RFC 5802, Hi()), in the thread pool; the broker never sees it. */
export const userCalls = (brokers: Brokers): Pick<Kafka, 'listScramUsers' | 'upsertScramUsers' | 'deleteScramUsers'> => ({
  async listScramUsers() {
    await requireDescribe(brokers);
    const answer = await brokers.call(describeUserScramCredentialsV0.api, [null]);
    return answer.results.map(each => ({
      user: each.user,
      credentials: each.credentialInfos.map(info => ({
        mechanism: (info.mechanism === 1 ? 'SCRAM-SHA-256' : 'SCRAM-SHA-512') as ScramMechanism,
        iterations: info.iterations,
      })),
    }));
  },
  upsertScramUsers: credentials =>
    perUser(credentials, async part => alter(brokers, [], await Promise.all(part.map(salted)), part)),
  deleteScramUsers: deletions =>
    perUser(deletions, part =>
      alter(
        brokers,
        part.map(each => ({ name: each.user, mechanism: codes[each.mechanism] })),
        [],
        part,
      ),
    ),
});

async function salted({ user, mechanism, iterations, password }: ScramCredential) {
  const salt = randomBytes(24);
  const hash = hashes[mechanism];
  const saltedPassword = await derive(password.reveal().normalize('NFKC'), salt, iterations, hash.bytes, hash.name);
  return { name: user, mechanism: codes[mechanism], iterations, salt, saltedPassword };
}

type Answer = { results: ItemResult[]; throttleTimeMs: number };

/** Two changes of one user in one request are `DUPLICATE_RESOURCE`: a user's second change goes into a later request. */
async function perUser<Item extends Deletion>(
  items: readonly Item[],
  send: (part: Item[]) => Promise<Answer>,
): Promise<ItemResult[]> {
  const rounds: { item: Item; index: number }[][] = [];
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    const round = seen.get(item.user) ?? 0;
    seen.set(item.user, round + 1);
    rounds[round] ??= [];
    rounds[round].push({ item, index });
  });
  const results: ItemResult[] = new Array(items.length);
  for (const round of rounds) {
    const answers = await inTurn(parts(round, usersPerRequest), part => send(part.map(each => each.item)));
    round.forEach(({ index }, position) => {
      results[index] = answers[position] as ItemResult;
    });
  }
  return results;
}

async function alter(
  brokers: Brokers,
  deletions: { name: string; mechanism: number }[],
  upsertions: Awaited<ReturnType<typeof salted>>[],
  part: readonly Deletion[],
): Promise<Answer> {
  const answer = await brokers.call(alterUserScramCredentialsV0.api, [deletions, upsertions]);
  const byUser = new Map(answer.results.map(each => [each.user, each]));
  return {
    throttleTimeMs: answer.throttleTimeMs,
    results: part.map(each =>
      itemOf(byUser.get(each.user)?.errorCode ?? -1, byUser.get(each.user)?.errorMessage, {
        throttleTimeMs: answer.throttleTimeMs,
        right: rightFor('AlterUserScramCredentials'),
      }),
    ),
  };
}
