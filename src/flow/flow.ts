import type { Applied, Plan, Selection } from '#model/plan.ts';
import { isError, type Problem } from '#model/problem.ts';
import { acrossEnvironments } from './across-environments.ts';
import { applyPlan } from './apply.ts';
import { type Composed, compose } from './compose.ts';
import { leaveToConfigurer } from './configured-by.ts';
import { type Frame, readFrame } from './frame.ts';
import { type Loaded, load } from './load.ts';
import type { Outside } from './outside.ts';
import { makePlan } from './plan.ts';
import { declaredStores } from './secret-stores.ts';
import { validate } from './validate.ts';

export interface Checked {
  readonly loaded: Loaded;
  readonly frame: Frame | undefined;
  /** One per asked environment, in the landscape's order. */
  readonly environments: readonly Composed[];
  readonly problems: readonly Problem[];
}

/** fetch → load → compose → validate: offline, for the named environments (all without names). */
export async function check(outside: Outside, names?: readonly string[]): Promise<Checked> {
  const loaded = await load(outside.files, outside.documents, outside.kinds, outside.signal);
  const { frame, problems } = readFrame(loaded, outside.kinds);
  const found = [...loaded.problems, ...problems];
  if (frame === undefined) return { loaded, frame, environments: [], problems: found };
  outside.announce?.(new Map([...frame.clusters].map(([name, { spec }]) => [name, spec])));
  const today = outside.now().toISOString().slice(0, 10);
  const composed = perEnvironment(frame, environment => compose(loaded, frame, environment, outside.kinds, today));
  const composedOf = perEnvironment(frame, ({ name }) =>
    validate(composed(name) as Composed, { frame, kinds: outside.kinds, composed, rightTexts: outside.rightTexts }),
  );
  const environments = frame.environments
    .filter(environment => names === undefined || names.includes(environment.name))
    .map(environment => leaveToConfigurer(composedOf(environment.name) as Composed, outside.kinds, composedOf))
    .map(composed =>
      acrossEnvironments(composed, outside.kinds, {
        names: frame.environments.map(environment => environment.name),
        elsewhere: composedOf,
      }),
    );
  const stores = new Map(environments.map(each => [each.environment, declaredStores(each)]));
  return {
    loaded,
    frame: { ...frame, stores },
    environments,
    problems: unique([...found, ...environments.flatMap(each => each.problems)]),
  };
}

/** One answer per environment of the landscape, made when it is first asked for. */
function perEnvironment(
  frame: Frame,
  make: (environment: Frame['environments'][number]) => Composed,
): (name: string) => Composed | undefined {
  const made = new Map<string, Composed>();
  return name => {
    const environment = frame.environments.find(each => each.name === name);
    if (environment !== undefined && !made.has(name)) made.set(name, make(environment));
    return made.get(name);
  };
}

export interface PreviewOptions {
  readonly selection?: Selection;
  /** Digests and `TENANT/KIND/NAME`s that the person has confirmed for deletion. */
  readonly confirmed?: readonly string[];
  /** Read every config key (drift) instead of what is declared and owned. */
  readonly depth?: 'essential' | 'all';
  /** Plan a new credential, or whatever of what is selected can be renewed, now. */
  readonly renew?: boolean;
}

/** … → read live → plan. Writes nothing. */
export async function preview(
  outside: Outside,
  environment: string,
  options: PreviewOptions = {},
): Promise<{ checked: Checked; plan: Plan | undefined }> {
  const checked = await check(outside, [environment]);
  const composed = checked.environments[0];
  if (checked.frame === undefined || composed === undefined) return { checked, plan: undefined };
  return { checked, plan: await makePlan(outside, checked.frame, composed, checked.problems, checked.loaded.revision, options) };
}

export interface ReconcileOptions {
  /** Go on where a problem does not reach; otherwise nothing is written while the plan has a problem or an impossible change. */
  readonly partial: boolean;
  readonly frame: Frame;
  /** When planning began: a run that ended later may have changed what the plan rests on. */
  readonly plannedAt?: Date;
  /** What a person asked for besides what Git declares, as the audit calls it; `apply` without it. */
  readonly operation?: string;
}

/** … → apply → observe → audit: writes exactly what the plan says. */
export const reconcile = (outside: Outside, plan: Plan, options: ReconcileOptions): Promise<Applied> =>
  applyPlan(outside, plan, options);

/** Does the plan hold anything that forbids plain `apply`? */
export const hasErrors = (plan: Plan): boolean =>
  plan.problems.some(isError) || plan.changes.some(change => change.state === 'impossible');

/** Each problem once; of a secret in clear, what a kind itself says of its place comes before what every text is asked for. */
function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  const line = ({ at }: Problem) => `${at?.file}:${at?.line}`;
  const told = new Set(problems.filter(each => each.hides === true).map(line));
  return problems.filter(problem => {
    if (problem.code === 'load/secret-in-clear' && told.has(line(problem))) return false;
    const key = JSON.stringify([problem.code, problem.at, problem.message]);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}
