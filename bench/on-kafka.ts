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
 * From nothing to so many topics, the landscape known by content (as after a plan). Compared with the bare creation, and with a floor that waits until the
 * broker lists what it made. Each on a broker of its own, for a broker that holds topics answers more slowly.
 */
export async function create(stage: Stage, topics: number): Promise<void> {
  await stage.kafka();
  const folder = stage.landscape('create', { prefix: 'create.', topics });
  await stage.kaas('-C', folder, 'validate', '-o', 'name');
  const ours = await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  for (const [job, name] of [
    ['topics', 'create topics'],
    ['listed', 'create topics, floor waits until they are listed'],
  ] as const) {
    await using other = new Stage();
    await other.kafka();
    stage.record({ name, size: topics, ours, floor: await other.floor(job, 'floor.', String(topics)), target: { ratio: 1.2 } });
  }
}

/** Another value of one key on every topic. */
export async function config(stage: Stage, topics: number): Promise<void> {
  const { folder, options } = await standing(stage, 'config', topics);
  stage.landscape('config', { ...options, retention: '8d' });
  await stage.kaas('-C', folder, 'plan', 'dev', '-o', 'name');
  const ours = await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  const floor = await stage.floor('config', options.prefix);
  stage.record({ name: 'one config on all topics', size: topics, ours, floor, target: { writes: 1 } });
}

/** 1,000 ACL bindings more, where so many stand: the landscape's own, and others that somebody else made. */
export async function acls(stage: Stage, own: number, foreign: number): Promise<void> {
  const { folder, options } = await standing(stage, 'acls', 0, own / 5);
  if (foreign > 0) await stage.floor('foreign', 'foreign.', String(foreign));
  stage.landscape('acls', { ...options, withAcls: own / 5 + 200 });
  await stage.kaas('-C', folder, 'plan', 'dev', '-o', 'name');
  const ours = await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  const floor = await stage.floor('acls', options.prefix, '1000');
  const name = `1000 ACLs onto ${own + foreign}${foreign > 0 ? `, ${foreign} of them foreign` : ''}`;
  stage.record({ name, size: 1_000, ours, floor, target: { ratio: 1.3, writes: 10 } });
}

/** 1,000 ACL bindings fewer, where 50,000 stand. */
export async function unacls(stage: Stage): Promise<void> {
  const { folder, options } = await standing(stage, 'unacls', 0, 500);
  await stage.floor('foreign', 'foreign.', '47500');
  stage.landscape('unacls', { ...options, operationsEach: 3 });
  const ours = await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  const floor = await stage.floor('unacls', 'foreign.', '1000');
  stage.record({ name: '1000 ACLs deleted at 50000', size: 1_000, ours, floor, target: { ratio: 1.3 } });
}

/** So many SCRAM users, each with a password of its own in the secret store. */
export async function users(stage: Stage, accounts: number): Promise<void> {
  await stage.kafka();
  const folder = stage.landscape('users', { prefix: 'users.', topics: 0, accounts });
  await stage.kaas('-C', folder, 'validate', '-o', 'name');
  const ours = await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  const floor = await stage.floor('users', 'floor.', String(accounts));
  stage.record({ name: 'create SCRAM users', size: accounts, ours, floor, target: { ratio: 1.3 } });
}
