import type { Checked } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { withoutRights } from '#questions/credentials.ts';
import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { exitCodes, problemCode, strongest } from '../exit-codes.ts';
import { showProblems } from '../views/problems.ts';
import { json } from '../views/problems-document.ts';
import { table } from '../views/table.ts';

interface EnvironmentStatus {
  readonly environment: string;
  readonly revision: string | null;
  readonly appliedAt: string | null;
  readonly appliedBy: string | null;
  /** Objects that the ledger says we own. */
  readonly owned: number;
  /** Intents that were announced and not settled. */
  readonly open: number;
  readonly drifted: number | null;
  /** Accounts that no right of any document names. */
  readonly unused: readonly string[];
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

export const status: Command = {
  name: 'status',
  summary: 'last revision, drift, open work and reachability of each environment',
  arguments: [{ name: '[ENV]', description: 'one environment (default: all)' }],
  options: [],
  formats: ['json'],
  examples: [
    ['status', 'every environment at a glance'],
    ['status prod -o json', 'one, for a script'],
  ],
  run: async (context, [name]) => {
    const { check } = await import('#flow/flow.ts');
    const outside = await context.open();
    const checked = await check(outside, []);
    if (name !== undefined) requireEnvironments(checked, [name]);
    const { frame } = checked;
    if (frame === undefined) {
      context.print(showProblems(context, checked.problems, ''));
      return problemCode(checked.problems);
    }
    const chosen = frame.environments.filter(each => name === undefined || each.name === name);
    const found: EnvironmentStatus[] = [];
    for (const each of chosen) found.push(await statusOf(outside, frame, each.name));
    if (context.format === 'json') context.print(json({ schemaVersion: 1, environments: found }));
    else {
      const rows = found.map(each => [
        each.environment,
        each.revision?.slice(0, 12) ?? 'never applied',
        each.appliedAt ?? '',
        each.appliedBy ?? '',
        String(each.owned),
        each.drifted === null ? 'unknown' : each.drifted === 0 ? 'none' : String(each.drifted),
        String(each.open),
      ]);
      context.print(table(['ENVIRONMENT', 'REVISION', 'APPLIED', 'BY', 'OWNED', 'DRIFT', 'OPEN'], rows, context.paint));
      for (const { environment, unused } of found)
        if (unused.length > 0)
          context.print(`${context.paint.care('unused')}  ${environment}: no document gives a right to ${unused.join(', ')}.`);
      for (const each of found)
        for (const problem of each.problems)
          context.print(`${context.paint.bad('error')}  ${each.environment}: ${problem.message} (${problem.code})`);
    }
    return strongest(found.map(each => (each.problems.length > 0 ? exitCodes.problem : exitCodes.done)));
  },
};

async function statusOf(outside: Outside, frame: NonNullable<Checked['frame']>, environment: string): Promise<EnvironmentStatus> {
  const { detectDrift } = await import('#flow/drift.ts');
  const store = await outside.store(frame.landscape.spec);
  const [last] = await store.runs({ environment, landscape: frame.landscape.name, limit: 1 });
  const [entries, open, { plan, checked }] = await Promise.all([
    store.ledger({ landscape: frame.landscape.name, environment }),
    store.openIntents({ environment, landscape: frame.landscape.name }),
    detectDrift(outside, environment),
  ]);
  const problems = (plan?.problems ?? []).map(({ code, message }) => ({ code, message }));
  return {
    environment,
    revision: last?.revision ?? null,
    appliedAt: last?.finishedAt ?? last?.startedAt ?? null,
    appliedBy: last?.actor ?? null,
    owned: entries.length,
    open: open.length,
    unused: unusedIn(checked),
    drifted: plan === undefined || problems.length > 0 ? null : plan.changes.length,
    problems,
  };
}

function unusedIn({ environments: [composed] }: Checked): string[] {
  if (composed === undefined) return [];
  const waiting = composed.waiting.map(each => each.resource);
  return [
    ...new Set(
      withoutRights(composed.resources, waiting).map(each => `${each.tenant === null ? '' : `${each.tenant}/`}${each.name}`),
    ),
  ];
}
