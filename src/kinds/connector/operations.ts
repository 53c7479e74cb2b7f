import type { Outcome } from '#model/change.ts';
import type { ItemResult } from '#model/fault.ts';
import type { Connect } from '#ports/connect.ts';
import { type ClusterPorts, type Live, type Operation, outcomesOf } from '../kind.ts';
import { readOffsets } from './evidence.ts';
import { partsOf } from './fields.ts';
import { reasons } from './problems.ts';

interface Details {
  readonly type: string;
  readonly state: string;
  readonly tasks: number;
  readonly failed: readonly { readonly id: number; readonly trace: string | null }[];
}

const at = async (ports: ClusterPorts, remoteName: string): Promise<{ connect: Connect; name: string }> => {
  const { connect, name } = partsOf(remoteName);
  return { connect: await ports.connect(connect), name };
};

const outcomeOf = (result: ItemResult): Outcome => outcomesOf([result])[0] as Outcome;

/** Failed tasks, and the connector itself where that has failed; or all. */
const restart = (onlyFailed: boolean): Operation => ({
  propose: async (_ports, live) => {
    const { state, tasks, failed } = live.details as unknown as Details;
    const traces = failed.map(({ id, trace }) => ({
      code: reasons.failed,
      message: `Task ${id} has failed${trace === null ? '.' : `: ${trace}`}`,
    }));
    if (state === 'STOPPED')
      return {
        fields: [],
        risk: 'safe',
        impossible: [{ code: reasons.stopped, message: 'A stopped connector has no tasks to restart.' }],
      };
    const ill = failed.length + (state === 'FAILED' ? 1 : 0);
    if (onlyFailed && ill === 0) return { fields: [], risk: 'safe' };
    const from = ill === 0 ? `${tasks} of ${tasks} work` : `${failed.length} of ${tasks} failed`;
    return {
      fields: [{ path: 'tasks', from, to: onlyFailed ? 'failed ones restarted' : 'all restarted' }],
      risk: onlyFailed ? 'safe' : 'disruptive',
      reasons: traces,
      evidence: { state, tasks, failed: failed.length },
    };
  },
  perform: async (ports, remoteName) => {
    const { connect, name } = await at(ports, remoteName);
    return outcomeOf(await connect.restart(name, { onlyFailed }));
  },
});

const bound = 2_000;

const resetOffsets: Operation = {
  propose: async (ports, live: Live) => {
    const { type, state } = live.details as unknown as Details;
    const offsets = await readOffsets(ports, live);
    const stopped = state === 'STOPPED';
    const again =
      type === 'sink' ? 'It writes every record again that its topics still hold.' : 'It reads its source again from the start.';
    return {
      fields: [{ path: 'offsets', from: JSON.stringify(offsets ?? 'not known').slice(0, bound), to: null }],
      risk: 'destructive',
      reasons: [{ code: reasons.reset, message: again }],
      evidence: { type, state, offsets: offsets ?? [] },
      ...(stopped
        ? {}
        : {
            impossible: [
              {
                code: reasons.notStopped,
                message: `It is ${state.toLowerCase()}: offsets can be reset while \`state: stopped\` is applied only.`,
              },
            ],
          }),
    };
  },
  perform: async (ports, remoteName) => {
    const { connect, name } = await at(ports, remoteName);
    return outcomeOf(await connect.resetOffsets(name));
  },
};

/** What a person may ask of a connector besides what Git declares. */
export const operations: Readonly<Record<string, Operation>> = {
  restart: restart(true),
  'restart-all': restart(false),
  'reset-offsets': resetOffsets,
};
