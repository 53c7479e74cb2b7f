import type { FieldValue } from '#model/change.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Resource } from '#model/resource.ts';
import { type Draft, type Sides, twinOf } from './difference.ts';

const identity = (each: Pick<Resource, 'tenant' | 'name'>): string => `${each.tenant ?? ''}/${each.name}`;

/** What the ledger owns and no document asks for any more. A document that names another object now leaves data behind, but never a right. */
export function unwanted(sides: Sides, kept: ReadonlyMap<string, Resource>, leaving: ReadonlyMap<string, Resource>): Draft[] {
  const entries = sides.owned.filter(entry => kept.get(entry.remoteName)?.managed !== true);
  if (entries.length === 0) return [];
  const renamed = sides.kind.remote?.isRight === true ? undefined : new Set([...kept.values()].map(identity));
  const spoken = hiddenValues(sides);
  return entries.map(entry =>
    takenAway(sides, entry, {
      elsewhere: kept.has(entry.remoteName) || renamed?.has(identity(entry)) === true,
      consent: leaving.get(entry.remoteName),
      spoken,
    }),
  );
}

const hidden = (path: string, value: FieldValue): string => `${path}\t${value}`;

/** Values of fields that the outside never shows (where a credential is kept) which documents ask for, whatever object they stand for. */
function hiddenValues({ kind, declared }: Sides): ReadonlySet<string> {
  const paths = kind.remote?.unreadable ?? [];
  if (paths.length === 0) return new Set();
  return new Set(
    declared.flatMap(resource => {
      const fields = kind.remote?.project(resource) ?? {};
      return resource.managed ? paths.map(path => hidden(path, fields[path] ?? null)) : [];
    }),
  );
}

interface Unwanted {
  /** The object stays: its document names another one now, or only refers to it. */
  readonly elsewhere: boolean;
  readonly consent: Resource | undefined;
  /** Hidden values that documents still ask for. */
  readonly spoken: ReadonlySet<string>;
}

/** Deleted only if it is surely ours and nobody else's. Of an object that is gone, what we keep of it outside the cluster (a credential) still is. */
function takenAway(sides: Sides, entry: LedgerEntry, { elsewhere, consent, spoken }: Unwanted): Draft {
  const live = sides.live.get(entry.remoteName);
  const another = live !== undefined && entry.remoteId !== null && live.remoteId !== null && live.remoteId !== entry.remoteId;
  const fields = Object.keys(entry.fields).filter(path => !sides.kind.remote?.notes?.includes(path));
  const shared = sides.sharedElsewhere.get(entry.remoteName);
  const isHidden = (path: string) => sides.kind.remote?.unreadable?.includes(path) ?? false;
  const there = (path: string) => (live === undefined && isHidden(path) ? entry : live)?.fields[path] ?? null;
  const present = fields.filter(
    path => there(path) !== null && !shared?.fields.has(path) && !(isHidden(path) && spoken.has(hidden(path, there(path)))),
  );
  const onlyOthers = fields.length > 0 && present.length === 0;
  // What is no object of its own (a quota, a configuration) is taken away key by key.
  const whole = shared !== undefined && (fields.length === 0 || live?.remoteId != null || sides.kind.remote?.whole === true);
  const gone = live === undefined && present.length === 0;
  const twin = twinOf(sides, entry).twin !== undefined;
  const forget = gone || another || elsewhere || onlyOthers || whole || twin;
  return {
    kind: sides.kind,
    action: forget ? 'forget' : 'delete',
    resource: consent,
    live,
    entry,
    tenant: entry.tenant,
    name: entry.name,
    remoteName: entry.remoteName,
    fields: forget ? [] : present.map(path => ({ path, from: there(path), to: null })),
    owned: {},
    consented: consent !== undefined,
  };
}
