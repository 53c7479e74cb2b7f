import type { Change, Fields, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import { invariant } from '#model/invariant.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Resource } from '#model/resource.ts';
import type { ScramCredential, ScramMechanism } from '#ports/kafka.ts';
import { type ApplyContext, type ClusterPorts, type Live, outcomesOf } from '../kind.ts';
import { mechanismOf, type ServiceAccountSpec } from './spec.ts';

const iterations = 8_192;
const userOf = (remoteName: string): string => remoteName.replace(/^User:/, '');

/** A SCRAM user has a mechanism and, once we made it, a credential in a store. Other accounts have nothing on the cluster. */
export function project(resource: Resource): Fields {
  const spec = resource.spec as ServiceAccountSpec;
  const mechanism = mechanismOf(spec);
  if (mechanism === undefined) return {};
  const { store = 'local', key = `${resource.environment}/${userOf(resource.remoteName)}` } = spec.credentials?.deliverTo ?? {};
  return { [`mechanism.${mechanism}`]: true, credential: `${store}/${key}` };
}

export async function read(ports: ClusterPorts, scope: { desired: readonly Resource[] }): Promise<Live[]> {
  const users = await ports.kafka.listScramUsers();
  const live = users.map<Live>(({ user, credentials }) => ({
    remoteName: `User:${user}`,
    remoteId: null,
    fields: Object.fromEntries(credentials.map(each => [`mechanism.${each.mechanism}`, true])),
    defaults: {},
    internal: false,
    details: {},
  }));
  // Accounts of another authentication have no object on the cluster: they are there as soon as they are declared.
  const elsewhere = scope.desired.filter(resource => mechanismOf(resource.spec as ServiceAccountSpec) === undefined);
  return [
    ...live,
    ...elsewhere.map<Live>(resource => ({
      remoteName: resource.remoteName,
      remoteId: null,
      fields: {},
      defaults: {},
      internal: false,
      details: {},
    })),
  ];
}

const mechanismsIn = (change: Change, side: 'from' | 'to'): ScramMechanism[] =>
  change.fields.flatMap(field =>
    field.path.startsWith('mechanism.') && field[side] === true ? [field.path.slice('mechanism.'.length) as ScramMechanism] : [],
  );

/** A new password is in its store before the broker hears of it; one that an interrupted run left there is used. */
export async function apply(ports: ClusterPorts, changes: readonly Change[], context: ApplyContext): Promise<Outcome[]> {
  const outcomes = new Map<Change, Outcome>();
  const making = changes.filter(change => change.action !== 'delete');
  const passwords = await deliver(ports, making, context);
  const credentials = making.flatMap(change =>
    mechanismsIn(change, 'to').map(mechanism => ({
      change,
      credential: {
        user: userOf(change.remoteName),
        mechanism,
        iterations,
        password: passwords.get(change) as Redacted,
      } satisfies ScramCredential,
    })),
  );
  const made = outcomesOf(await ports.kafka.upsertScramUsers(credentials.map(each => each.credential)));
  credentials.forEach(({ change }, index) => {
    if ((outcomes.get(change)?.state ?? 'applied') === 'applied') outcomes.set(change, made[index] as Outcome);
  });
  const removing = changes.flatMap(change =>
    mechanismsIn(change, 'from').map(mechanism => ({ change, user: userOf(change.remoteName), mechanism })),
  );
  const removed = outcomesOf(await ports.kafka.deleteScramUsers(removing));
  removing.forEach(({ change }, index) => {
    if ((outcomes.get(change)?.state ?? 'applied') === 'applied') outcomes.set(change, removed[index] as Outcome);
  });
  return changes.map(change => outcomes.get(change) ?? { state: 'applied' });
}

async function deliver(ports: ClusterPorts, changes: readonly Change[], context: ApplyContext): Promise<Map<Change, Redacted>> {
  const passwords = new Map<Change, Redacted>();
  const byStore = Map.groupBy(
    changes.filter(change => mechanismsIn(change, 'to').length > 0),
    change => referenceOf(change).store,
  );
  for (const [name, own] of byStore) {
    const store = ports.secrets(name);
    const fresh = new Map<string, Redacted>();
    const known = new Set(await store.keys());
    for (const change of own) {
      const { key } = referenceOf(change);
      const password = (known.has(key) ? await store.get(key) : undefined) ?? context.password();
      if (!known.has(key)) fresh.set(key, password);
      passwords.set(change, password);
    }
    if (fresh.size > 0) await store.putAll(fresh);
  }
  return passwords;
}

function referenceOf(change: Change): { store: string; key: string } {
  const credential = change.owned.credential;
  invariant(typeof credential === 'string', 'a SCRAM account that is written names its credential');
  const slash = credential.indexOf('/');
  if (slash < 0) throw new Fault('secrets/no-store', `\`${credential}\` names no store.`);
  return { store: credential.slice(0, slash), key: credential.slice(slash + 1) };
}
