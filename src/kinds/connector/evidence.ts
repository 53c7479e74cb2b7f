import { Fault } from '#model/fault.ts';
import type { ClusterPorts, Difference, Evidence } from '../kind.ts';
import { partsOf } from './fields.ts';
import { reasons } from './problems.ts';

const askedAtMost = 50;
const shownAtMost = 20;

/** How far the connectors of risky changes have come, as their workers tell (KIP-875); the first fifty of them. A connector holds no records itself. */
export function evidence(ports: ClusterPorts, differences: readonly Difference[]): Promise<Evidence[]> {
  return Promise.all(
    differences.map(async ({ remoteName, live }, index) => {
      const { type, state, tasks } = (live?.details ?? {}) as { type?: string; state?: string; tasks?: number };
      const standing = { records: 0, consumers: [], type: type ?? 'unknown', state: state ?? null, tasks: tasks ?? 0 };
      if (index >= askedAtMost || live === undefined) return { evidence: { ...standing, measured: false } };
      const { connect, name } = partsOf(remoteName);
      const offsets = await offsetsOf(ports, connect, name);
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

async function offsetsOf(ports: ClusterPorts, connect: string, name: string) {
  try {
    return await (await ports.connect(connect)).offsets(name);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
