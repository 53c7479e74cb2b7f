import { Fault } from '#model/fault.ts';
import type { Json } from '#model/json.ts';
import type { Redacted } from '#model/redacted.ts';
import { RefusedKeys } from '#ports/refused-keys.ts';
import type { RestAnswer, RestClient, RestRequest } from '../client.ts';
import { inParallel } from '../in-parallel.ts';

/** What a status other than the expected ones means in a store of secrets. */
const meanings: Readonly<Record<number, string>> = { 403: 'not-authorized', 404: 'not-found', 409: 'conflict', 429: 'throttled' };

/** `about` says what was tried, without any value: `reading secret/data/payments/x`. The store's own words are not repeated: they could hold what it was sent. */
export function refusal(label: string, { status, retryAfterMs }: RestAnswer, about: string, remedy?: string): Fault {
  const code = meanings[status] ?? 'refused';
  const why = code === 'not-authorized' ? 'we may not do that (403)' : `it answered ${status}`;
  return new Fault(`secrets/${code}`, `The ${label}, ${about}: ${why}.`, {
    ...(status === 429 ? { retry: 'later' as const, retryAfterMs } : {}),
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** An answer that does not look like this store's: half of one, or from something in between. */
export const strange = (label: string, about: string): Fault =>
  new Fault('secrets/half-an-answer', `The ${label}, ${about}: the answer is not of the form that this store gives.`);

/** Asks with a login that can end: it is fetched once, and anew when the store does not know it any more. */
export function withLogin(
  client: RestClient,
  logIn: () => Promise<Readonly<Record<string, string>>>,
  ended: (answer: RestAnswer) => boolean,
): (request: RestRequest) => Promise<RestAnswer> {
  let current: Promise<Readonly<Record<string, string>>> | undefined;
  const login = () => {
    current ??= logIn().catch(error => {
      current = undefined;
      throw error;
    });
    return current;
  };
  return async request => {
    const standing = current;
    const used = await login();
    const again = async () => {
      if (current === standing) current = undefined;
      return client.send({ ...request, headers: { ...request.headers, ...(await login()) } });
    };
    try {
      const answer = await client.send({ ...request, headers: { ...request.headers, ...used } });
      return standing !== undefined && ended(answer) ? await again() : answer;
    } catch (error) {
      if (standing === undefined || !(error instanceof Fault) || error.code !== 'secrets/not-authenticated') throw error;
      return again();
    }
  };
}

export const fieldOf = (body: Json | undefined, ...path: string[]): Json | undefined => {
  let current: Json | undefined = body;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || Array.isArray(current) || !Object.hasOwn(current, step))
      return undefined;
    current = current[step];
  }
  return current;
};

/** An address of a server as every way of writing it: without regard to case, port of the scheme and slashes at the end. */
export const hostOf = (address: string): string => new URL(address).href.replace(/\/+$/, '');

/** Words of a store about one key alone: its neighbours may well be read and written. After any other the rest is not tried. */
const ofOneKey = /\/(bad-name|no-field|not-authorized|not-found|refused|conflict)$/;

/** Does the same for many keys. Throws `RefusedKeys` once all others are done. */
export async function eachKey(
  keys: readonly string[],
  work: (key: string) => Promise<Redacted | undefined | void>,
): Promise<Map<string, Redacted>> {
  const refused = new Map<string, Fault>();
  const results = await inParallel(keys, async key => {
    try {
      return await work(key);
    } catch (error) {
      if (!(error instanceof Fault) || !ofOneKey.test(error.code)) throw error;
      refused.set(key, error);
      return undefined;
    }
  });
  const found = new Map(keys.flatMap((key, index) => (results[index] === undefined ? [] : [[key, results[index] as Redacted]])));
  if (refused.size > 0) throw new RefusedKeys(refused, found);
  return found;
}
