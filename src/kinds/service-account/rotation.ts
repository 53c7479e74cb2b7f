import type { Change, Outcome, Reason } from '#model/change.ts';
import { Redacted } from '#model/redacted.ts';
import { type Kept, keptIn, keysOf, mechanismKey, nextKey } from '#model/secret-store.ts';
import type { ScramMechanism } from '#ports/kafka.ts';
import { despiteRefusals } from '#ports/refused-keys.ts';
import type { SecretUse } from '#ports/secrets.ts';
import { type ClusterPorts, type Difference, type FinishContext, outcomesOf, type ProbeVerdict, verdictOf } from '../kind.ts';
import { usesOf } from './credentials.ts';
import { readingAt, refusedBy, userOf } from './kept.ts';
import { reasons } from './problems.ts';
import { project } from './project.ts';
import { otherMechanism } from './renewal.ts';

export const iterations = 8_192;

const targetOf = ({ fields }: Pick<Change | Difference, 'fields'>): ScramMechanism =>
  fields.find(field => field.path === 'credential.mechanism')?.to as ScramMechanism;

interface Rotating {
  readonly change: Change;
  readonly place: Kept;
  readonly target: ScramMechanism;
  readonly password: Redacted;
  /** What its store keeps beside it. */
  readonly use: SecretUse;
}

/**
 * Gives accounts a new password beside the old one. The new one is durable under `<key>.next` before the brokers hear of it, and takes its place under
 * `<key>` once they have accepted it, with the mechanism beside. Repeatable after any interruption: the next one that stands is used, and where the
 * store already names the new mechanism its password is the new one. One outcome per change, in order.
 */
export async function rotate(ports: ClusterPorts, changes: readonly Change[], context: FinishContext): Promise<Outcome[]> {
  const outcomes = new Map<Change, Outcome>();
  const prepared: Rotating[] = [];
  await perStore(changes, outcomes, {
    failing: 'failed',
    work: async (store, own) => void prepared.push(...(await prepare(ports, store, own, context))),
  });
  const made =
    prepared.length === 0
      ? []
      : outcomesOf(
          await ports.kafka.upsertScramUsers(
            prepared.map(({ change, target, password }) => ({
              user: userOf(change.remoteName),
              mechanism: target,
              iterations,
              password,
            })),
          ),
        );
  for (const [index, { change }] of prepared.entries()) outcomes.set(change, made[index] as Outcome);
  const accepted = new Map(
    prepared.filter(({ change }) => outcomes.get(change)?.state === 'applied').map(each => [each.change, each]),
  );
  // The brokers have accepted: the intent stays open, so that the next apply completes it.
  await perStore([...accepted.keys()], outcomes, {
    failing: 'unknown',
    work: (store, own) =>
      promote(
        ports,
        store,
        own.map(change => accepted.get(change) as Rotating),
      ),
  });
  return changes.map(change => outcomes.get(change) as Outcome);
}

interface Step {
  /** What becomes of the changes where the store fails. */
  readonly failing: 'failed' | 'unknown';
  work(store: string, own: readonly Change[]): Promise<void>;
}

/** A store that fails costs the changes that need it, not the others. */
async function perStore(changes: readonly Change[], outcomes: Map<Change, Outcome>, { failing, work }: Step): Promise<void> {
  const keys = (change: Change) => keysOf(keptIn(change.owned.credential)?.key ?? '');
  for (const [store, own] of Map.groupBy(changes, change => keptIn(change.owned.credential)?.store ?? ''))
    for (const [change, { code, message }] of await despiteRefusals(own, keys, part => work(store, part)))
      outcomes.set(change, { state: failing, code, message });
}

async function prepare(
  ports: ClusterPorts,
  store: string,
  changes: readonly Change[],
  context: FinishContext,
): Promise<Rotating[]> {
  const places = changes.map(change => keptIn(change.owned.credential) as Kept);
  const secrets = ports.secrets(store);
  const standing = await secrets.getAll(places.flatMap(({ key }) => [key, mechanismKey(key), nextKey(key)]));
  const uses = await usesOf(ports, changes, context);
  const fresh = new Map<string, Redacted>();
  const ahead = new Set(changes.filter((change, index) => isAhead(standing, places[index] as Kept, targetOf(change))));
  const accepted = ahead.size === 0 ? new Set() : await acceptedAlready(ports);
  const rotating = changes.map((change, index) => {
    const place = places[index] as Kept;
    const target = targetOf(change);
    const next = standing.get(nextKey(place.key));
    const isPromoted = ahead.has(change) && accepted.has(`${userOf(change.remoteName)}\t${target}`);
    const password = next ?? (isPromoted ? standing.get(place.key) : undefined) ?? context.password();
    if (next === undefined && !isPromoted) fresh.set(nextKey(place.key), password);
    return { change, place, target, password, use: uses.get(place.key) as SecretUse };
  });
  if (fresh.size > 0) await secrets.putAll(fresh);
  return rotating;
}

/** Does the store name the new mechanism already? A run that was killed late left it so, and so did another mechanism in Git that the brokers never heard of. */
const isAhead = (standing: ReadonlyMap<string, Redacted>, { key }: Kept, target: ScramMechanism): boolean =>
  standing.get(nextKey(key)) === undefined && standing.get(mechanismKey(key))?.reveal() === target;

/** `USER<tab>MECHANISM` of every credential that the brokers have. */
const acceptedAlready = async ({ kafka }: ClusterPorts): Promise<Set<string>> =>
  new Set(
    (await kafka.listScramUsers()).flatMap(({ user, credentials }) => credentials.map(each => `${user}\t${each.mechanism}`)),
  );

async function promote(ports: ClusterPorts, store: string, rotated: readonly Rotating[]): Promise<void> {
  const secrets = ports.secrets(store);
  await secrets.putAll(
    new Map(
      rotated.flatMap(({ place, target, password }) => [
        [place.key, password] as const,
        [mechanismKey(place.key), new Redacted(target)] as const,
      ]),
    ),
    new Map(rotated.map(({ place, use }) => [place.key, use])),
  );
  await secrets.deleteAll(rotated.map(({ place }) => nextKey(place.key)));
}

const placeIn = ({ resource }: Difference): Kept | undefined =>
  keptIn(resource === undefined ? undefined : project(resource).credential);

/** Do the brokers let anybody in by the mechanism of the new password? Asked of every broker, since a listener has mechanisms of its own. And can the store be read that takes it? */
export async function probeRotations(ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  if (differences.length === 0) return [];
  const { brokers } = await ports.kafka.describeCluster();
  const configs = await ports.kafka.describeConfigs(brokers.map(({ id }) => ({ type: 'broker', name: String(id) })));
  const hidden = configs.find(result => !result.ok);
  if (hidden !== undefined) return differences.map(() => verdictOf(hidden));
  const lists = configs.flatMap(result => (result.ok ? result.value : [])).filter(entry => isList(entry.name));
  const standing = await readingAt(ports, differences.map(placeIn));
  return differences.map(difference => {
    const fault = standing.fault(placeIn(difference));
    if (fault !== undefined) return refusedBy(fault);
    if (userOf(difference.remoteName) === ports.kafka.user) return { probe: 'accepted', impossible: [ourselves] };
    const refusal = refusalOf(
      targetOf(difference),
      lists.map(entry => (entry.value ?? '').split(',').map(each => each.trim())),
    );
    return { probe: 'accepted', ...(refusal === undefined ? {} : { impossible: [refusal] }) };
  });
}

/** The document of the cluster names one mechanism, and the password that stands in a store would be under the other one at once. */
const ourselves: Reason = {
  code: reasons.ourselves,
  message:
    'kaas itself logs in to this cluster as this account, by the one mechanism that the KafkaCluster names: a rotation would lock it out. Let it log in as another account first.',
};

/** `sasl.enabled.mechanisms`, also that of one listener. */
const isList = (name: string): boolean => /(^|\.)sasl\.enabled\.mechanisms$/.test(name);

/** Wherever the old password lets somebody in, the new one must. */
function refusalOf(target: ScramMechanism, lists: readonly string[][]): Reason | undefined {
  const concerned = lists.filter(list => list.includes(otherMechanism(target)));
  if (concerned.length > 0 && concerned.every(list => list.includes(target))) return undefined;
  const why =
    concerned.length === 0
      ? `The brokers do not say that they accept ${target}`
      : `The brokers accept ${otherMechanism(target)} and not ${target} (sasl.enabled.mechanisms)`;
  return {
    code: reasons.oneMechanism,
    message: `${why}, so an old and a new password cannot both work. Enable it, or declare a second account with the same rights, move to it and remove the first.`,
  };
}
