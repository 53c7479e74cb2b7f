import type { Change, Fields, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Resource } from '#model/resource.ts';
import type { ScramCredential, ScramMechanism } from '#ports/kafka.ts';
import { type ApplyContext, type ClusterPorts, type Difference, type Live, outcomesOf, type ProbeVerdict } from '../kind.ts';
import { reasons } from './problems.ts';
import { mechanismOf, type ServiceAccountSpec } from './spec.ts';

const iterations = 8_192;
const userOf = (remoteName: string): string => remoteName.replace(/^User:/, '');

/** Below the tenant's own name, where no other tenant may write; `@` stands in no tenant's name. */
const defaultKey = ({ tenant, environment, cluster, remoteName }: Resource): string =>
  [tenant ?? '@platform', environment, cluster, userOf(remoteName)].join('/');

/** A SCRAM user has a mechanism and, once we made it, a credential in a store. Other accounts have nothing on the cluster. */
export function project(resource: Resource): Fields {
  const spec = resource.spec as ServiceAccountSpec;
  const mechanism = mechanismOf(spec);
  if (mechanism === undefined) return {};
  const { store = 'local', key = defaultKey(resource) } = spec.credentials?.deliverTo ?? {};
  return { [`mechanism.${mechanism}`]: true, credential: `${store}/${key}` };
}

/** All SCRAM users by mechanism. Where the credential of one is kept only the ledger knows; it stands beside, so that a removal takes it along. */
export async function read(
  ports: ClusterPorts,
  scope: { desired: readonly Resource[]; owned: ReadonlyMap<string, Fields> },
): Promise<Live[]> {
  const here = (remoteName: string, fields: Fields): Live => ({
    remoteName,
    remoteId: null,
    fields,
    defaults: {},
    internal: false,
    details: {},
  });
  const live = (await ports.kafka.listScramUsers()).map(({ user, credentials }) => {
    const credential = scope.owned.get(`User:${user}`)?.credential;
    return here(`User:${user}`, {
      ...Object.fromEntries(credentials.map(each => [`mechanism.${each.mechanism}`, true])),
      ...(credential === undefined ? {} : { credential }),
    });
  });
  // Accounts of another authentication have no object on the cluster: they are there as soon as they are declared. One that was a SCRAM user still is.
  const users = new Set(live.map(each => each.remoteName));
  const elsewhere = scope.desired.filter(
    resource => mechanismOf(resource.spec as ServiceAccountSpec) === undefined && !users.has(resource.remoteName),
  );
  return [...live, ...elsewhere.map(resource => here(resource.remoteName, {}))];
}

type Written = Pick<Change | Difference, 'fields' | 'action'>;

const mechanismsIn = (change: Written, side: 'from' | 'to'): ScramMechanism[] =>
  change.fields.flatMap(field =>
    field.path.startsWith('mechanism.') && field[side] === true ? [field.path.slice('mechanism.'.length) as ScramMechanism] : [],
  );

interface Kept {
  readonly store: string;
  readonly key: string;
}

function kept(credential: unknown): Kept | undefined {
  if (typeof credential !== 'string' || !credential.includes('/')) return undefined;
  const slash = credential.indexOf('/');
  return { store: credential.slice(0, slash), key: credential.slice(slash + 1) };
}

/** Where the change finds the password, and where it will be afterwards. */
function places(change: Change): { from: Kept | undefined; to: Kept | undefined } {
  const field = change.fields.find(each => each.path === 'credential');
  const to = kept(change.owned.credential);
  return { from: field === undefined ? to : kept(field.from), to };
}

const unknown: Outcome = {
  state: 'failed',
  code: reasons.passwordUnknown,
  message: 'Its password is not known to us, so no other credential can be made of it. Give it a new one with `kaas rotate`.',
};

/** The passwords at these places, each store read once. */
async function passwordsAt(ports: ClusterPorts, wanted: readonly (Kept | undefined)[]) {
  const stores = Map.groupBy(
    wanted.filter(place => place !== undefined),
    place => place.store,
  );
  const found = new Map<string, Map<string, Redacted>>();
  for (const [store, own] of stores) found.set(store, await ports.secrets(store).getAll(own.map(place => place.key)));
  return (place: Kept | undefined): Redacted | undefined =>
    place === undefined ? undefined : found.get(place.store)?.get(place.key);
}

/** An existing user can take another mechanism, or its password another place, only if the password is known: asked of the store. */
export async function probe(ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  const asked = differences.map(difference => {
    if (difference.action !== 'update' || mechanismsIn(difference, 'to').length === 0) return undefined;
    const moved = difference.fields.find(each => each.path === 'credential')?.from;
    return { place: kept(moved ?? (difference.resource === undefined ? undefined : project(difference.resource).credential)) };
  });
  const passwordAt = await passwordsAt(
    ports,
    asked.map(each => each?.place),
  );
  return asked.map<ProbeVerdict>(each => {
    if (each === undefined) return { probe: 'notProbed' };
    if (passwordAt(each.place) !== undefined) return { probe: 'accepted' };
    return { probe: 'accepted', impossible: [{ code: reasons.passwordUnknown, message: unknown.message as string }] };
  });
}

/**
 * A new password is in its store before the broker hears of it; one that an interrupted run left there is used. A mechanism is taken away only
 * after the one that replaces it was accepted, and a secret only after its user is gone or it stands elsewhere.
 */
export async function apply(ports: ClusterPorts, changes: readonly Change[], context: ApplyContext): Promise<Outcome[]> {
  const outcomes = new Map<Change, Outcome>();
  const passwords = await deliver(ports, changes, context, outcomes);
  const making = changes
    .filter(change => !outcomes.has(change))
    .flatMap(change =>
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
  const made = making.length === 0 ? [] : outcomesOf(await ports.kafka.upsertScramUsers(making.map(each => each.credential)));
  note(outcomes, making, made);
  const removing = changes
    .filter(change => (outcomes.get(change)?.state ?? 'applied') === 'applied')
    .flatMap(change => mechanismsIn(change, 'from').map(mechanism => ({ change, user: userOf(change.remoteName), mechanism })));
  const removed =
    removing.length === 0
      ? []
      : outcomesOf(await ports.kafka.deleteScramUsers(removing.map(({ user, mechanism }) => ({ user, mechanism }))));
  note(outcomes, removing, removed);
  await discard(ports, changes, outcomes);
  return changes.map(change => outcomes.get(change) ?? { state: 'applied' });
}

/** The first refusal of a change counts. */
function note(outcomes: Map<Change, Outcome>, items: readonly { change: Change }[], results: readonly Outcome[]): void {
  items.forEach(({ change }, index) => {
    if ((outcomes.get(change)?.state ?? 'applied') === 'applied') outcomes.set(change, results[index] as Outcome);
  });
}

/** Passwords for what is made, durable in their stores. A store that fails costs the changes that need it, not the others. */
async function deliver(
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
  for (const [store, own] of Map.groupBy(needing, change => places(change).to?.store ?? ''))
    try {
      const fresh = new Map<string, Redacted>();
      const placed = own.map(places);
      const standing = await passwordsAt(
        ports,
        placed.map(each => each.to),
      );
      const former = await passwordsAt(
        ports,
        placed.filter(each => standing(each.to) === undefined).map(each => each.from),
      );
      for (const change of own) {
        const { from, to } = places(change);
        if (to === undefined) throw new Fault('secrets/no-store', 'The account names no store for its password.');
        const there = fresh.get(to.key) ?? standing(to);
        const password = there ?? former(from) ?? (change.action === 'create' ? context.password() : undefined);
        if (password === undefined) outcomes.set(change, unknown);
        else {
          passwords.set(change, password);
          if (there === undefined) fresh.set(to.key, password);
        }
      }
      if (fresh.size > 0) await ports.secrets(store).putAll(fresh);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      for (const change of own) outcomes.set(change, { state: 'failed', code: error.code, message: error.message });
    }
  return passwords;
}

/** Secrets whose user is gone, or which stand elsewhere now. The broker has accepted: a store that fails leaves a secret nobody can use. */
async function discard(ports: ClusterPorts, changes: readonly Change[], outcomes: Map<Change, Outcome>): Promise<void> {
  const left = changes.flatMap(change => {
    const place = kept(change.fields.find(each => each.path === 'credential')?.from);
    return place === undefined || (outcomes.get(change)?.state ?? 'applied') !== 'applied' ? [] : [{ change, ...place }];
  });
  for (const [store, own] of Map.groupBy(left, each => each.store))
    try {
      await ports.secrets(store).deleteAll(own.map(each => each.key));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      for (const { change, key } of own)
        outcomes.set(change, { state: 'applied', message: `The secret ${store}/${key} could not be removed: ${error.message}` });
    }
}
