import { Fault } from '#model/fault.ts';
import type { ConnectorOffset } from '#ports/connect.ts';
import type { ClusterPorts, Difference, Evidence, Live } from '../kind.ts';
import { partsOf } from './fields.ts';
import { reasons } from './problems.ts';
import { readSecrets, secretsOf } from './secret-values.ts';

const askedAtMost = 50;
const shownAtMost = 20;

/** How far the connectors of risky changes have come, as their workers tell (KIP-875); the first fifty of them. A connector holds no records itself. */
export function evidence(ports: ClusterPorts, differences: readonly Difference[]): Promise<Evidence[]> {
  return Promise.all(
    differences.map(async ({ remoteName, live }, index) => {
      const { type, state, tasks } = (live?.details ?? {}) as { type?: string; state?: string; tasks?: number };
      const standing = { records: 0, consumers: [], type: type ?? 'unknown', state: state ?? null, tasks: tasks ?? 0 };
      if (index >= askedAtMost || live === undefined) return { evidence: { ...standing, measured: false } };
      const { name } = partsOf(remoteName);
      const offsets = await offsetsOf(ports, live);
      if (offsets === null) return { evidence: { ...standing, offsets: null } };
      const group = type === 'sink' ? { group: `connect-${name}` } : {};
      const message = `It has come to ${JSON.stringify(offsets[0]?.offset)} on ${JSON.stringify(offsets[0]?.partition)}${offsets.length > 1 ? ` and ${offsets.length - 1} more` : ''}.`;
      return {
        evidence: { ...standing, ...group, offsets: offsets.slice(0, shownAtMost) },
        reasons: offsets.length === 0 ? [] : [{ code: reasons.offsets, message }],
      };
    }),
  );
}

/** Null where the workers do not tell. */
async function offsetsOf(ports: ClusterPorts, live: Live): Promise<readonly ConnectorOffset[] | null> {
  try {
    return await readOffsets(ports, live);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** How far a connector has come, in its own words. Those may repeat its configuration (the name of a file): secrets in them show as references. */
export async function readOffsets(ports: ClusterPorts, { remoteName, fields }: Live): Promise<readonly ConnectorOffset[] | null> {
  const { connect: cluster, name } = partsOf(remoteName);
  const connect = await ports.connect(cluster);
  const [offsets, secrets] = await Promise.all([connect.offsets(name), readSecrets(ports, secretsOf(fields), connect.secrets)]);
  return offsets === null ? null : (JSON.parse(secrets.veiled(JSON.stringify(offsets))) as ConnectorOffset[]);
}
