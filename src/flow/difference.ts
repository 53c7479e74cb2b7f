import type { Kind, Live } from '#kinds/kind.ts';
import {
  type Action,
  anotherValue,
  type Blocker,
  type Change,
  type Fields,
  type FieldValue,
  type Probe,
  type Reason,
  type Risk,
  valueBefore,
} from '#model/change.ts';
import { sameJson } from '#model/json.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Resource } from '#model/resource.ts';
import { secretsIn } from '#model/secret-looking.ts';
import { unwanted } from './unwanted.ts';

/** A change in the making: what differs, before anybody judged it. */
export interface Draft {
  readonly kind: Kind;
  readonly action: Action;
  readonly resource: Resource | undefined;
  readonly live: Live | undefined;
  readonly entry: LedgerEntry | undefined;
  readonly tenant: string | null;
  readonly name: string;
  readonly remoteName: string;
  readonly fields: readonly { readonly path: string; readonly from: FieldValue; readonly to: FieldValue }[];
  readonly owned: Fields;
  readonly movedFrom?: Change['movedFrom'];
  /** Another document declares the same object under another remote name, this one. */
  readonly twin?: string;
  /** Another environment of the landscape made it. */
  readonly madeElsewhere?: boolean;
  /** The document itself asks for the deletion, by name. */
  readonly consented: boolean;
}

/** What judging adds to a draft. */
export interface Judgement {
  probe: Probe;
  risk: Risk;
  risks: Record<string, Risk>;
  reasons: Reason[];
  impossible: Reason[];
  blockedBy: Blocker[];
  evidence: Record<string, unknown>;
  /** Rights that our own principal lacks. */
  lacks: Reason[];
  /** Why nothing is asked for now: the outside is at work on it. */
  inProgress: Reason[];
  /** The cluster knew more than was read. */
  stale: boolean;
}

export interface Sides {
  readonly kind: Kind;
  readonly environment: string;
  /** The logical cluster. */
  readonly cluster: string;
  readonly desired: readonly Resource[];
  /** All resources of this kind in the environment, on any cluster and outside any narrowing too. */
  readonly declared: readonly Resource[];
  readonly live: ReadonlyMap<string, Live>;
  /** Ledger entries of this kind, environment and cluster. */
  readonly owned: readonly LedgerEntry[];
  /** Entries of an environment or cluster that is no longer called so: ours as soon as we declare what they name, else nobody's. */
  readonly left: readonly LedgerEntry[];
  /** Remote names of this kind that other entries on the cluster name too. */
  readonly sharedElsewhere: ReadonlyMap<string, Shared>;
  readonly now: Date;
  /** Of the secrets that a resource names, as `STORE.KEY`, those that get another value by this plan. */
  readonly renewed?: (resource: Resource) => ReadonlySet<string>;
  /** A person asks to renew what can be renewed of these. */
  readonly renew?: boolean;
}

/** What others own of a remote object that we may own as well. */
export interface Shared {
  /** Fields that they set: not ours to take away. */
  readonly fields: ReadonlySet<string>;
  /** Another environment of this landscape made it: it did not stand there before us. */
  readonly made: boolean;
}

/** The annotation by which a document asks for its own deletion: it holds the document's name. */
export const deletion = 'kaas.dev/delete';
const isMoved = (sides: Sides, entry: LedgerEntry, resource: Resource): boolean =>
  entry.name !== resource.name ||
  entry.tenant !== resource.tenant ||
  entry.environment !== sides.environment ||
  entry.cluster !== sides.cluster;

/** Desired against live against ledger, for one kind on one cluster. Pure; unchanged resources are counted, not listed. */
export function differences(sides: Sides): { drafts: Draft[]; unchanged: number } {
  const drafts: Draft[] = [];
  let unchanged = 0;
  const entries = new Map([...sides.left, ...sides.owned].map(entry => [entry.remoteName, entry]));
  const leaving = new Map<string, Resource>();
  const kept = new Map<string, Resource>();
  for (const resource of sides.desired)
    (resource.annotations[deletion] === resource.name ? leaving : kept).set(resource.remoteName, resource);
  for (const resource of kept.values()) {
    if (!resource.managed) continue;
    const draft = wanted(sides, resource, entries.get(resource.remoteName));
    if (draft === undefined) unchanged++;
    else drafts.push(draft);
  }
  for (const resource of leaving.values()) {
    const found = entries.has(resource.remoteName) || !resource.managed ? undefined : sides.live.get(resource.remoteName);
    const draft = found === undefined ? undefined : wanted(sides, resource, undefined);
    // Nothing is deleted that the ledger does not own: it is made ours first, as it is.
    if (draft !== undefined) drafts.push({ ...draft, action: 'adopt', fields: [] });
  }
  drafts.push(...unwanted(sides, kept, leaving));
  return { drafts, unchanged };
}

function wanted(sides: Sides, resource: Resource, entry: LedgerEntry | undefined): Draft | undefined {
  const remote = sides.kind.remote as NonNullable<Kind['remote']>;
  const live = sides.live.get(resource.remoteName);
  const desired =
    remote.renewal?.(resource, { owned: entry?.fields ?? {}, live, now: sides.now, asked: sides.renew ?? false }) ??
    remote.project(resource);
  const shared = sides.sharedElsewhere.get(resource.remoteName);
  const fields =
    live === undefined
      ? Object.entries(desired).flatMap(([path, to]) => (remote.notes?.includes(path) ? [] : [{ path, from: null, to }]))
      : compare(remote, desired, live, { owned: entry?.fields ?? {}, shared, renewed: sides.renewed?.(resource) ?? none });
  const moved = entry !== undefined && isMoved(sides, entry, resource);
  const owned = live === undefined || remote.renewal !== undefined ? desired : knownOf(remote, desired, entry?.fields ?? {});
  const action: Action = actionFor(
    live,
    fields.length,
    entry,
    moved,
    entry !== undefined && (remade(live, entry) || restated(resource, owned, entry)),
  );
  if (action === 'none') return undefined;
  return {
    kind: sides.kind,
    action,
    resource,
    live,
    entry,
    tenant: resource.tenant,
    name: resource.name,
    remoteName: resource.remoteName,
    fields,
    owned,
    consented: false,
    ...(shared?.made ? { madeElsewhere: true } : {}),
    ...twinOf(sides, resource),
    ...(moved ? { movedFrom: formerly(sides, entry) } : {}),
  };
}

/** Is what stands under this remote name declared under another one too? */
export function twinOf({ live, desired }: Sides, { remoteName }: Pick<Resource, 'remoteName'>): { twin?: string } {
  const one = live.get(remoteName)?.isOneWith;
  if (one === undefined) return {};
  const twin = desired.find(each => each.remoteName !== remoteName && live.get(each.remoteName)?.isOneWith === one);
  return twin === undefined ? {} : { twin: twin.remoteName };
}

const formerly = (sides: Sides, { environment, cluster, tenant, kind, name }: LedgerEntry): NonNullable<Change['movedFrom']> => ({
  environment,
  ...(cluster === sides.cluster ? {} : { cluster }),
  tenant,
  kind,
  name,
});

/** What we may say we own of something that is there: a field that the outside never shows (a credential) only if we set it. */
const knownOf = (remote: NonNullable<Kind['remote']>, desired: Fields, owned: Fields): Fields =>
  Object.fromEntries(
    Object.entries(desired).filter(([path]) => !(remote.unreadable ?? []).includes(path) || owned[path] !== undefined),
  );

function actionFor(
  live: Live | undefined,
  differing: number,
  entry: LedgerEntry | undefined,
  moved: boolean,
  restated: boolean,
): Action {
  if (live === undefined) return 'create';
  if (differing > 0) return 'update';
  if (entry === undefined) return 'adopt';
  return moved ? 'move' : restated ? 'adopt' : 'none';
}

/** Somebody deleted what we made and made it anew: the same name, another object. */
const remade = (live: Live | undefined, entry: LedgerEntry): boolean => live !== undefined && live.remoteId !== entry.remoteId;

/** The cluster is as declared, but the ledger would say something else of it: its protection, who declares it, which fields are ours. */
const restated = (resource: Resource, desired: Fields, entry: LedgerEntry): boolean =>
  entry.protected !== resource.protected || !sameJson(entry.declaredBy, resource.declaredBy) || !sameJson(entry.fields, desired);

const none: ReadonlySet<string> = new Set();

const names = (text: FieldValue, secrets: ReadonlySet<string>): boolean =>
  secrets.size > 0 && typeof text === 'string' && secretsIn(text).some(secret => secrets.has(secret));

function compare(
  remote: NonNullable<Kind['remote']>,
  desired: Fields,
  live: Live,
  { owned, shared, renewed }: { owned: Fields; shared: Shared | undefined; renewed: ReadonlySet<string> },
) {
  const same = (path: string, a: FieldValue, b: FieldValue) => remote.same?.(path, a, b) ?? a === b;
  const fields: { path: string; from: FieldValue; to: FieldValue }[] = [];
  for (const [path, to] of Object.entries(desired)) {
    const hidden = remote.unreadable?.includes(path) ?? false;
    const set = hidden ? owned[path] : live.fields[path];
    if (set === undefined || set === null) {
      const fallback = live.defaults[path];
      const passedOver = hidden && remote.renewal === undefined;
      if (!passedOver && !(fallback !== undefined && same(path, to, fallback))) fields.push({ path, from: null, to });
    } else if (names(to, renewed) && (set === anotherValue || same(path, to, set))) fields.push({ path, from: valueBefore, to });
    else if (!same(path, to, set)) fields.push({ path, from: set, to });
  }
  for (const path of Object.keys(remote.whole ? { ...owned, ...live.fields } : owned)) {
    const set = live.fields[path];
    const kept = path in desired || shared?.fields.has(path) || remote.keeps?.includes(path);
    if (!kept && set !== undefined && set !== null) fields.push({ path, from: set, to: null });
  }
  return fields;
}
