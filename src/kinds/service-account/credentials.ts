import type { Change, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { declarationName } from '#model/resource.ts';
import { type Kept, keptIn, keysOf, mechanismKey } from '#model/secret-store.ts';
import { apart } from '#ports/apart.ts';
import { despiteRefusals } from '#ports/refused-keys.ts';
import type { SecretUse } from '#ports/secrets.ts';
import type { ApplyContext, ClusterPorts } from '../kind.ts';
import { isGone, mechanismsIn, readingAt, userOf } from './kept.ts';
import { reasons } from './problems.ts';

/** Where the change finds the password, and where it will be afterwards. */
function places(change: Change): { from: Kept | undefined; to: Kept | undefined } {
  const field = change.fields.find(each => each.path === 'credential');
  const to = keptIn(change.owned.credential);
  return { from: field === undefined ? to : keptIn(field.from), to };
}

/** The mechanism that the password is under once the change is applied: by the note of a rotation, else the one that it has. */
function validMechanism(change: Change): string | undefined {
  const noted = change.owned['credential.mechanism'];
  const owned = Object.keys(change.owned)
    .find(path => path.startsWith('mechanism.'))
    ?.slice('mechanism.'.length);
  return typeof noted === 'string' ? noted : (mechanismsIn(change, 'to')[0] ?? owned);
}

/** What becomes of a change that needs a password which nobody knows. */
export const unknown: Outcome = {
  state: 'failed',
  code: reasons.passwordUnknown,
  message: 'Its password is not known to us, so no other credential can be made of it. Give it a new one with `kaas rotate`.',
};

/** What becomes of a password that shall move onto another secret. */
export const keyTaken: Outcome = {
  state: 'failed',
  code: reasons.keyTaken,
  message:
    'Its new key holds another secret, which would be lost or taken for its password. Free that key first, by an apply of its own.',
};

/** Does something else stand where a password shall move to? One that an interrupted run has copied is no other. */
export const isTaken = (password: Redacted | undefined, there: Redacted | undefined): boolean =>
  password !== undefined && there !== undefined && password.reveal() !== there.reveal();

/** What each password is for, by its key: what an application needs beside it to connect. */
export async function usesOf(
  ports: ClusterPorts,
  changes: readonly Change[],
  context: Pick<ApplyContext, 'environment' | 'today'>,
): Promise<Map<string, SecretUse>> {
  const { brokers } = await ports.kafka.describeCluster();
  const bootstrap = brokers.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  return new Map(
    changes.map(change => {
      const account = userOf(change.remoteName);
      const mechanism = validMechanism(change);
      const use: SecretUse = {
        resource: declarationName(change),
        environment: context.environment,
        cluster: change.cluster ?? '',
        account,
        category: 'kafka-credential',
        made: context.today,
        fields: {
          type: 'kafka',
          provider: 'kaas',
          username: account,
          'bootstrap-servers': bootstrap,
          ...(mechanism === undefined ? {} : { 'sasl-mechanism': mechanism }),
        },
      };
      return [places(change).to?.key ?? '', use];
    }),
  );
}

/** Passwords for what is made, durable in their stores. A store that fails costs the changes that need it, not the others. */
export async function deliver(
  ports: ClusterPorts,
  changes: readonly Change[],
  context: ApplyContext,
  outcomes: Map<Change, Outcome>,
): Promise<Map<Change, Redacted>> {
  const passwords = new Map<Change, Redacted>();
  const needing = changes.filter(
    change =>
      change.action !== 'delete' &&
      (mechanismsIn(change, 'to').length > 0 || change.fields.some(field => field.path === 'credential' && field.to !== null)),
  );
  const keys = (change: Change) => keysOf(places(change).to?.key ?? '');
  for (const [store, own] of Map.groupBy(needing, change => places(change).to?.store ?? '')) {
    const refused = await despiteRefusals(own, keys, async part => {
      const fresh = await freshFor({ ports, context, outcomes, passwords }, part);
      if (fresh.size > 0) await ports.secrets(store).putAll(fresh, await usesOf(ports, part, context));
    });
    for (const [change, { code, message }] of refused) outcomes.set(change, { state: 'failed', code, message });
  }
  return passwords;
}

interface Delivery {
  readonly ports: ClusterPorts;
  readonly context: ApplyContext;
  readonly outcomes: Map<Change, Outcome>;
  readonly passwords: Map<Change, Redacted>;
}

/** Notes the password of each change, and says which keys of its store do not hold yet what they shall. */
async function freshFor({ ports, context, outcomes, passwords }: Delivery, changes: readonly Change[]) {
  const standing = await readingAt(
    ports,
    changes.flatMap(change => Object.values(places(change))),
  );
  const fresh = new Map<string, Redacted>();
  for (const change of changes) {
    const { from, to } = places(change);
    if (to === undefined) throw new Fault('secrets/no-store', 'The account names no store for its password.');
    const [closed] = [standing.fault(to), standing.fault(from)].filter((fault, side) => fault && (side === 0 || !isGone(fault)));
    const there = fresh.get(to.key) ?? standing.password(to);
    const former = standing.password(from);
    const password = there ?? former ?? (change.action === 'create' ? context.password() : undefined);
    if (closed !== undefined) outcomes.set(change, { state: 'failed', code: closed.code, message: closed.message });
    else if (change.action === 'update' && isTaken(former, standing.password(to))) outcomes.set(change, keyTaken);
    else if (password === undefined) outcomes.set(change, unknown);
    else {
      passwords.set(change, password);
      if (there === undefined) fresh.set(to.key, password);
      const under = validMechanism(change);
      if (under !== undefined) fresh.set(mechanismKey(to.key), new Redacted(under));
    }
  }
  return fresh;
}

/** Secrets whose user is gone, or which stand elsewhere now. The broker has accepted: a store that fails leaves a secret nobody can use. */
export async function discard(ports: ClusterPorts, changes: readonly Change[], outcomes: Map<Change, Outcome>): Promise<void> {
  const left = changes.flatMap(change => {
    const place = keptIn(change.fields.find(each => /^(credential|certificate)$/.test(each.path))?.from);
    return place === undefined || (outcomes.get(change)?.state ?? 'applied') !== 'applied' ? [] : [{ change, ...place }];
  });
  const staying = changes.flatMap(({ action, owned }) => (action === 'delete' ? [] : (keptIn(owned.credential) ?? [])));
  for (const [store, own] of Map.groupBy(await apart(ports, left, staying), each => each.store))
    for (const [{ change, key }, fault] of await despiteRefusals(
      own,
      each => keysOf(each.key),
      part => ports.secrets(store).deleteAll(part.flatMap(each => keysOf(each.key))),
    ))
      outcomes.set(change, { state: 'applied', message: `The secret ${store}/${key} could not be removed: ${fault.message}` });
}
