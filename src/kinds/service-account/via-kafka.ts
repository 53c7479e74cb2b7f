import type { Change, Fields, Outcome } from '#model/change.ts';
import type { Redacted } from '#model/redacted.ts';
import { type Kept, keptIn } from '#model/secret-store.ts';
import type { ScramCredential } from '#ports/kafka.ts';
import {
  type ApplyContext,
  type ClusterPorts,
  type Difference,
  type FinishContext,
  type Finished,
  type Live,
  outcomesOf,
  type ProbeVerdict,
  type ReadScope,
} from '../kind.ts';
import { isIssue, issueCertificates, probeCertificates } from './certificates.ts';
import { deliver, discard, isTaken, keyTaken, unknown } from './credentials.ts';
import { isGone, mechanismsIn, misfit, readingAt, refusedBy, userOf } from './kept.ts';
import { reasons } from './problems.ts';
import { project } from './project.ts';
import { isRotation } from './renewal.ts';
import { iterations, probeRotations, rotate } from './rotation.ts';
import { mechanismOf, type ServiceAccountSpec } from './spec.ts';

/** All SCRAM users by mechanism. Where the credential of one is kept only the ledger knows; it stands beside, so that a removal takes it along. */
export async function read(
  ports: ClusterPorts,
  scope: Pick<ReadScope, 'desired' | 'owned' | 'depth' | 'foreign'>,
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
  // A certificate is there once the ledger says so; until then it is to be made.
  const issued = [...scope.owned].flatMap(([name, { certificate }]) =>
    certificate === undefined || users.has(name) ? [] : [here(name, { certificate })],
  );
  const without = elsewhere.filter(
    resource => project(resource).certificate === undefined && !scope.owned.get(resource.remoteName)?.certificate,
  );
  // What is owned and has nothing there cannot drift, whether it is still declared or not.
  const nowhere =
    scope.depth === 'all' && !scope.foreign
      ? [...scope.owned].filter(([name, fields]) => !users.has(name) && Object.keys(fields).length === 0).map(([name]) => name)
      : [];
  const names = new Set([...without.map(resource => resource.remoteName), ...nowhere]);
  return [...live, ...issued, ...[...names].map(name => here(name, {}))];
}

/**
 * An existing user can take another mechanism, or its password another place, only if the password is known: asked of the store. Of what shall be made,
 * whether the store that takes the password can be read at all.
 */
export const probe = (ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> =>
  byWay(differences, {
    rotation: part => probeRotations(ports, part),
    certificate: part => probeCertificates(ports, part),
    other: part => probeOthers(ports, part),
  });

async function probeOthers(ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  const asked = differences.map(difference => {
    const delivers =
      mechanismsIn(difference, 'to').length > 0 || difference.fields.some(each => each.path === 'credential' && each.to !== null);
    if (!/create|update/.test(difference.action) || !delivers) return undefined;
    // Drift knows no document: the password is where the ledger says, which `read` puts beside the user.
    const { resource, live } = difference;
    const to = keptIn(resource === undefined ? live?.fields.credential : project(resource).credential);
    const moved = difference.fields.find(each => each.path === 'credential')?.from;
    return { to, from: difference.action === 'update' ? (keptIn(moved) ?? to) : undefined };
  });
  const standing = await readingAt(
    ports,
    asked.flatMap(each => [each?.to, each?.from]),
  );
  const misfits = await Promise.all(asked.map(each => (each?.to === undefined ? undefined : misfit(ports, each.to))));
  return asked.map<ProbeVerdict>((each, index) => {
    if (each === undefined) return { probe: 'notProbed' };
    const [to, from] = [standing.fault(each.to), standing.fault(each.from)];
    const closed = to ?? misfits[index] ?? (from !== undefined && !isGone(from) ? from : undefined);
    if (closed !== undefined) return refusedBy(closed);
    const at = standing.password;
    const known = (place: Kept | undefined) => at(place) !== undefined;
    if (isTaken(at(each.from), at(each.to)))
      return { probe: 'accepted', impossible: [{ code: reasons.keyTaken, message: keyTaken.message as string }] };
    const needs =
      differences[index]?.action === 'update' &&
      (mechanismsIn(differences[index] as Difference, 'to').length > 0 || from !== undefined);
    if (!needs || known(each.from) || (from !== undefined && known(each.to))) return { probe: 'accepted' };
    return { probe: 'accepted', impossible: [{ code: reasons.passwordUnknown, message: unknown.message as string }] };
  });
}

/**
 * A new password is in its store before the broker hears of it; one that an interrupted run left there is used. A mechanism is taken away only
 * after the one that replaces it was accepted, and a secret only after its user is gone or it stands elsewhere.
 */
export const apply = (ports: ClusterPorts, changes: readonly Change[], context: ApplyContext): Promise<Outcome[]> =>
  byWay(changes, {
    rotation: part => rotate(ports, part, context),
    certificate: part => issueCertificates(ports, part),
    other: part => applyOthers(ports, part, context),
  });

/** Rotations that a killed run left are completed: whoever asked for them once is not there to ask again. Of other changes the next plan says what is missing. */
export const finish = (ports: ClusterPorts, changes: readonly Change[], context: FinishContext): Promise<Finished[]> =>
  byWay<Change, Finished>(changes, {
    rotation: part => finishRotations(ports, part, context),
    certificate: async part => completed(await issueCertificates(ports, part)),
    other: async part => part.map(() => ({ state: 'applied' })),
  });

/** A user whom somebody deleted meanwhile does not come back by a rotation: whether there shall be one is the next plan's to say. */
async function finishRotations(ports: ClusterPorts, changes: readonly Change[], context: FinishContext): Promise<Finished[]> {
  const users = new Set((await ports.kafka.listScramUsers()).map(each => each.user));
  const there = changes.filter(change => users.has(userOf(change.remoteName)));
  const outcomes = completed(await rotate(ports, there, context));
  const message = 'Its user is gone from the cluster, so there is nothing to rotate.';
  return changes.map(
    change => outcomes[there.indexOf(change)] ?? { state: 'failed', code: reasons.userGone, message, never: true },
  );
}

const completed = (outcomes: readonly Outcome[]): Finished[] => outcomes.map(outcome => ({ ...outcome, completed: true }));

type Ways<Item, Result> = Record<'rotation' | 'certificate' | 'other', (part: Item[]) => Promise<Result[]>>;

/** Rotations, certificates and all else each its own way; one result per item, in order. */
async function byWay<Item extends Pick<Change | Difference, 'action' | 'fields'>, Result>(
  items: readonly Item[],
  ways: Ways<Item, Result>,
): Promise<Result[]> {
  const results = new Map<Item, Result>();
  for (const [way, own] of Map.groupBy(items, wayOf)) {
    const found = await ways[way](own);
    for (const [index, item] of own.entries()) results.set(item, found[index] as Result);
  }
  return items.map(item => results.get(item) as Result);
}

const wayOf = (item: Pick<Change | Difference, 'action' | 'fields'>): keyof Ways<never, never> =>
  isRotation(item) ? 'rotation' : isIssue(item) ? 'certificate' : 'other';

async function applyOthers(ports: ClusterPorts, changes: readonly Change[], context: ApplyContext): Promise<Outcome[]> {
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
