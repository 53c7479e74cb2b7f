import type { Kind, Live } from '#kinds/kind.ts';
import type { Reason } from '#model/change.ts';
import type { Composed } from './compose.ts';
import type { Frame } from './frame.ts';
import { holdsName } from './read-environment.ts';
import type { LiveCluster } from './read-live.ts';
import { registrySharedWith } from './shared-clusters.ts';

/** Why what carries no prefix is left to another environment on this cluster; undefined where this one configures it. */
export function configuredElsewhere(composed: Composed, logical: string): Reason | undefined {
  const configuredBy = composed.sharing.get(logical)?.configuredBy ?? null;
  return configuredBy === composed.environment ? undefined : reasons.configuredElsewhere(configuredBy);
}

/** Why import leaves a live object where it is, whatever its kind could say of it; undefined where it is this environment's. */
export function notOurs(composed: Composed, frame: Frame, cluster: LiveCluster): (kind: Kind, live: Live) => Reason | undefined {
  const { environment, prefix } = composed;
  const holds = holdsName(composed, cluster.cluster.logical);
  const registryAlone = registrySharedWith(frame, environment, cluster.cluster.name).length === 0;
  const elsewhere = configuredElsewhere(composed, cluster.cluster.logical);
  const { user } = cluster.ports.kafka;
  const ourselves = user === null ? undefined : `User:${user}`;
  const owners = new Map(cluster.ledger.map(entry => [`${entry.kind}\t${entry.remoteName}`, entry]));
  return (kind, live) => {
    if (live.internal) return reasons.internal;
    if (kind.remote?.clusterWide?.(live.remoteName) === true) {
      if (elsewhere !== undefined) return elsewhere;
    } else {
      const inScope = (names: (name: string) => boolean) =>
        kind.remote?.inScope?.(live.remoteName, names, { live, registryAlone }) ?? names(live.remoteName);
      if (!inScope(name => name.startsWith(prefix))) return reasons.outsidePrefix(prefix);
      if (!inScope(holds)) return reasons.longerPrefix;
    }
    if (live.remoteName === ourselves) return reasons.ourselves;
    const owner = owners.get(`${kind.name}\t${live.remoteName}`);
    return owner === undefined ? undefined : reasons.owned(owner.environment, environment);
  };
}

const reasons = {
  internal: { code: 'import/internal', message: "Kafka's own, or that of a tool that keeps its state there." },
  ourselves: { code: 'import/ourselves', message: 'The user that kaas connects with: nobody takes its own login in hand.' },
  longerPrefix: { code: 'import/other-prefix', message: 'The name begins with the longer prefix of another environment.' },
  outsidePrefix: (prefix: string): Reason => ({
    code: 'import/outside-prefix',
    message: `The name does not begin with \`${prefix}\`.`,
  }),
  configuredElsewhere: (by: string | null): Reason => ({
    code: 'import/configured-elsewhere',
    message:
      by === null
        ? 'It carries no prefix; several environments use the cluster and nothing says whose it is (`configuredBy`).'
        : `It carries no prefix and belongs to \`${by}\`, which configures the cluster.`,
  }),
  owned: (owner: string, environment: string): Reason => ({
    code: 'import/owned',
    message:
      owner === environment
        ? 'A document that is gone declared it; what becomes of it is for the plan to say.'
        : `It was applied by \`${owner}\`, which owns it.`,
  }),
} as const;
