import type { Frame } from '#flow/frame.ts';
import type { Outside } from '#flow/outside.ts';
import { whenApplied } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Applied, Plan, Selection } from '#model/plan.ts';
import { declarationName, type Resource } from '#model/resource.ts';
import { usersOf } from '#questions/credentials.ts';
import { accountsNamed } from '../accounts.ts';
import { agreed } from '../agreed.ts';
import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { applyCode, exitCodes, problemCode } from '../exit-codes.ts';
import { requireKnown } from '../narrowing.ts';
import { textOf } from '../options.ts';
import { Usage } from '../usage.ts';
import { showPlan } from '../views/plan.ts';
import { outcomeLines, planText } from '../views/plan-text.ts';
import { showProblems } from '../views/problems.ts';

export const rotate: Command = {
  name: 'rotate',
  summary: 'a new credential for an account now; the old one works beside it for the overlap',
  arguments: [
    { name: 'ENV', description: 'the environment' },
    { name: 'ACCOUNT', description: 'a ServiceAccount by metadata.name or TENANT/NAME' },
  ],
  options: [
    { flags: '--yes', description: 'do not ask' },
    { flags: '--cluster <name>', description: 'on this logical cluster alone (default: on each that the account is on)' },
  ],
  formats: ['json'],
  examples: [
    ['rotate prod payments.checkout', 'show how, ask, make a new password'],
    ['connection prod payments.checkout', 'the settings that are valid from now on'],
    ['apply prod', 'after the overlap: the old password is revoked'],
  ],
  details:
    'The new password is in the store before the brokers hear of it. Nothing that Git declares changes; what Git asks of the account besides must be applied first.',
  run: async (context, [environment = '', name = ''], options) => {
    if (options.yes !== true && !context.host.terminal.stdin)
      throw new Usage('Nobody can be asked here: standard input is no terminal. Pass --yes to rotate without asking.');
    const { check, preview, reconcile } = await import('#flow/flow.ts');
    const outside = await context.open();
    const checked = await check(outside, [environment]);
    requireEnvironments(checked, [environment]);
    const { frame } = checked;
    const [composed] = checked.environments;
    if (composed === undefined || frame === undefined) {
      context.print(showProblems(context, checked.problems, ''));
      return problemCode(checked.problems);
    }
    const cluster = textOf(options, 'cluster');
    if (cluster !== undefined) await requireKnown(outside, checked, { clusters: [cluster] }, checked.problems);
    const accounts = accountsNamed(composed.resources, name, cluster);
    const selection = selectionOf(accounts);
    if (await completed(outside, frame, { accounts, hear: context.log })) {
      context.log(`The rotation of ${name} that an earlier run had begun is complete.`);
      return exitCodes.done;
    }
    const plannedAt = outside.now();
    requireApplied((await preview(outside, environment, { selection })).plan, environment);
    const renewing = await preview(outside, environment, { selection, renew: true });
    if (renewing.plan === undefined) return exitCodes.problem;
    const plan = await withUsers(outside, frame, renewing.plan, { accounts, resources: composed.resources });
    const text = context.format === 'text';
    if (text) context.print(showPlan(context, plan));
    const ready = plan.changes.filter(change => change.state === 'ready');
    if (ready.length === 0) {
      if (!text) context.print(showPlan(context, plan));
      context.log(plan.changes.length === 0 ? `${name} has no credential that kaas makes.` : 'Nothing was rotated.');
      return exitCodes.problem;
    }
    if (options.yes !== true && !text) context.log(planText(plan, context.logPaint));
    if (options.yes !== true && !(await agreed(context, `Give ${name} in ${environment} a new credential?`))) {
      if (!text) context.print(showPlan(context, plan));
      context.log('Nothing was rotated.');
      return exitCodes.done;
    }
    const applied = await reconcile(outside, plan, { partial: true, frame, plannedAt, operation: 'rotate' });
    context.print(text ? `\n${outcomeLines(applied, context.paint)}` : showPlan(context, applied));
    const connectors = connectorsOf(applied);
    if (connectors.length > 0) context.log(`\`kaas apply ${environment}\` gives the new one to ${connectors.join(', ')}.`);
    return applyCode(applied);
  },
};

/** Says beside each change who must restart with the new credential, as far as anybody can tell. */
async function withUsers(
  outside: Outside,
  frame: Frame,
  plan: Plan,
  { accounts, resources }: { accounts: readonly Resource[]; resources: readonly Resource[] },
): Promise<Plan> {
  const changes = await Promise.all(
    plan.changes.map(async change => {
      const account = accounts.find(each => each.cluster === change.cluster);
      const cluster = frame.clusters.get(plan.clusters[change.cluster ?? '']?.name ?? '');
      if (account === undefined || cluster === undefined) return change;
      const { kafka } = await outside.cluster(cluster.name, cluster.spec, frame.stores.get(plan.environment));
      const groups = await kafka.describeGroups().catch((error: unknown) => {
        if (error instanceof Fault) return undefined;
        throw error;
      });
      const keptIn = String(change.owned.credential ?? change.owned.certificate ?? '');
      const restart = usersOf(account, resources, { keptIn, groups: groups ?? [] });
      return { ...change, evidence: { ...change.evidence, restart, ...(groups === undefined ? { groups: 'not known' } : {}) } };
    }),
  );
  return { ...plan, changes };
}

/** What takes the new credential with the next apply and nobody has to restart by hand. */
const connectorsOf = (applied: Applied): string[] => [
  ...new Set(
    applied.changes
      .filter(change => change.outcome.state === 'applied')
      .flatMap(change => ((change.evidence.restart ?? []) as string[]).filter(each => each.startsWith('Connector '))),
  ),
];

function selectionOf(accounts: readonly [Resource, ...Resource[]]): Selection {
  const [{ tenant, kind, name }] = accounts;
  return {
    ...(tenant === null ? {} : { tenants: [tenant] }),
    kinds: [kind],
    names: [tenant === null ? name : `${tenant}/${name}`],
    clusters: accounts.map(each => each.cluster as string),
  };
}

/** Was a rotation of these left open by a killed run, and has taking it up ended it? A second one would cut off who uses the first. */
async function completed(
  outside: Outside,
  { landscape }: Frame,
  { accounts, hear }: { accounts: readonly [Resource, ...Resource[]]; hear: (message: string) => void },
): Promise<boolean> {
  const { resumeIfNeeded } = await import('#flow/resume.ts');
  const names = new Set(accounts.map(declarationName));
  const [{ environment }] = accounts;
  const store = await outside.store(landscape.spec);
  const open = async () =>
    (await store.openIntents({ environment, landscape: landscape.name })).filter(
      ({ change }) => names.has(declarationName(change)) && change.fields.some(field => field.to === whenApplied),
    ).length;
  const before = await open();
  let isTold = false;
  await resumeIfNeeded(outside, environment, message => {
    isTold = true;
    hear(message);
  });
  return before > 0 && !isTold && (await open()) === 0;
}

/** A rotation is that alone: what Git asks of the account besides is applied by `kaas apply`, where it is seen. */
function requireApplied(plan: Plan | undefined, environment: string): void {
  const pending = plan?.changes.find(change => change.action !== 'adopt');
  if (pending === undefined) return;
  throw new Fault(
    'rotate/not-applied',
    `The plan of ${environment} asks to ${pending.action} ${declarationName(pending)} first.`,
    {
      remedy: `Look at it with \`kaas plan ${environment} --name ${pending.name}\` and apply it.`,
    },
  );
}
