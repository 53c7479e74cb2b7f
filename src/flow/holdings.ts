import type { Kind } from '#kinds/kind.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Composed } from './compose.ts';
import { placeOf } from './configured-by.ts';
import type { Shared } from './difference.ts';
import type { Frame } from './frame.ts';
import type { LiveCluster } from './read-live.ts';

/** What the ledger says of one kind on one cluster, seen from one environment. */
export interface Holdings {
  /** What this environment owns here. */
  readonly owned: readonly LedgerEntry[];
  /** What an environment or cluster owned that the landscape no longer has under that name: whoever declares it now takes it over. */
  readonly left: readonly LedgerEntry[];
  /** Remote names that somebody else owns too, and what of them. */
  readonly sharedElsewhere: ReadonlyMap<string, Shared>;
}

/** Sorts the ledger's entries of a kind into ours, left behind and other people's. */
export function holdings(kind: Kind, frame: Frame, composed: Composed, cluster: LiveCluster): Holdings {
  const logical = cluster.cluster.logical;
  const owned: LedgerEntry[] = [];
  const left: LedgerEntry[] = [];
  const sharedElsewhere = new Map<string, Shared>();
  const share = (entry: LedgerEntry, made: boolean) => {
    const known = sharedElsewhere.get(entry.remoteName);
    const fields = new Set([...(known?.fields ?? []), ...Object.keys(entry.fields)]);
    sharedElsewhere.set(entry.remoteName, { fields, made: made || (known?.made ?? false) });
  };
  for (const entry of cluster.ledger) {
    if (entry.kind !== kind.name) continue;
    const ofLandscape = entry.landscape === frame.landscape.name;
    if (ofLandscape && entry.environment === composed.environment && entry.cluster === logical) {
      owned.push(entry);
      if (composed.appliedElsewhere.has(placeOf({ ...entry, cluster: logical }))) share(entry, false);
    } else if (ofLandscape && isLeft(entry, frame)) left.push(entry);
    else share(entry, ofLandscape && !entry.preexisting);
  }
  return { owned, left, sharedElsewhere };
}

/** The environment is gone from the landscape, or the cluster from its environment. One whose document is merely broken is still named and not gone. */
function isLeft(entry: LedgerEntry, frame: Frame): boolean {
  const environment = frame.environments.find(each => each.name === entry.environment);
  if (environment !== undefined) return !Object.hasOwn(environment.spec.clusters, entry.cluster);
  return !frame.landscape.spec.environments.includes(entry.environment);
}
