import { setTimeout as sleep } from 'node:timers/promises';
import { inTurns } from './measure.ts';
import { Stage } from './stage.ts';

/** A broker works on after it has answered (it opens logs); what is measured next should not pay for that. */
const settle = (topics: number) => sleep(1_000 + topics / 2);
const rounds = 3;

/** A landscape that is applied; the broker has come to rest. */
async function standing(stage: Stage, name: string, topics: number, withAcls = 0) {
  await stage.kafka();
  const options = { prefix: `${name}.`, topics, withAcls };
  const folder = stage.landscape(name, options);
  const created = await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  await settle(topics);
  return { folder, options, created };
}

export async function plan(stage: Stage, topics: number, withAcls = 0): Promise<void> {
  const { folder, options } = await standing(stage, `plan-${topics}`, topics, withAcls);
  const [ours, floor] = await inTurns(
    rounds,
    () => stage.kaas('-C', folder, 'plan', 'dev', '-o', 'name'),
    () => stage.floor('plan', options.prefix, ...(withAcls > 0 ? ['acls'] : [])),
  );
  const name = withAcls > 0 ? `no-change plan with ${5 * withAcls} ACLs` : 'no-change plan';
  stage.record({ name, size: topics, ours, floor, target: { ratio: 1.5, peakMiB: 512, writes: 0 } });
}

/** Plan and apply of one changed key of one topic. */
export async function change(stage: Stage, topics: number): Promise<void> {
  const { folder, options } = await standing(stage, `change-${topics}`, topics);
  const changed = (days: number) => stage.landscape(`change-${topics}`, { ...options, firstRetention: `${days}d` });
  const [unchanged, planned] = await inTurns(
    rounds,
    () => (changed(7), stage.kaas('-C', folder, 'plan', 'dev', '-o', 'name')),
    () => (changed(8), stage.kaas('-C', folder, 'plan', 'dev', '-o', 'name')),
  );
  stage.record({
    name: 'plan of one change',
    size: topics,
    ours: planned,
    floor: unchanged,
    against: 'no-change plan',
    target: { ratio: 1.1, writes: 0 },
  });
  let days = 8;
  const [applied, floor] = await inTurns(
    rounds,
    () => (changed(days++), stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name')),
    () => stage.floor('change', options.prefix, `${options.prefix}shop.topic-0`),
  );
  stage.record({ name: 'apply of one change', size: topics, ours: applied, floor, target: { writes: 1 } });
}

/**
 * From nothing to so many topics. The broker answers long before it lists what it made; `kaas apply` waits for that, so it is compared twice: with the
 * bare creation and with a floor that waits as well. Each on a broker of its own, for a broker that holds topics answers more slowly.
 */
export async function create(stage: Stage, topics: number, floorJob: 'topics' | 'listed'): Promise<void> {
  const { created } = await standing(stage, 'create', topics);
  await using other = new Stage();
  await other.kafka();
  const floor = await other.floor(floorJob, 'floor.', String(topics));
  const name = floorJob === 'topics' ? 'create topics' : 'create topics, floor waits until they are listed';
  stage.record({ name, size: topics, ours: created, floor, target: { ratio: 1.2 } });
}

/** 1,000 ACL bindings more where 10,000 stand. */
export async function acls(stage: Stage): Promise<void> {
  const { folder, options } = await standing(stage, 'acls', 2_200, 2_000);
  stage.landscape('acls', { ...options, withAcls: 2_200 });
  const ours = await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  const floor = await stage.floor('acls', options.prefix, '1000');
  stage.record({ name: '1000 ACLs onto 10000', size: 1_000, ours, floor, target: { ratio: 1.3, writes: 10 } });
}
