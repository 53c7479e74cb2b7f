import { Fault } from '#model/fault.ts';
import type { Command, Context } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { showProblems } from '../views/problems.ts';
import { json } from '../views/problems-document.ts';

interface Finding {
  readonly what: string;
  readonly good: boolean;
  readonly says: string;
  readonly remedy?: string;
}

/** Kafka operations on the cluster that a full plan and apply need. */
const needed = ['DESCRIBE', 'CREATE', 'ALTER', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'];

export const doctor: Command = {
  name: 'doctor',
  summary: 'can every target be reached, with which rights, and what is missing',
  arguments: [{ name: '[ENV]', description: 'one environment (default: all)' }],
  options: [],
  formats: ['json'],
  run: async (context, [environment]) => {
    const { check } = await import('#flow/flow.ts');
    const outside = await context.open();
    const checked = await check(outside, []);
    if (environment !== undefined) requireEnvironments(checked, [environment]);
    const { frame } = checked;
    if (frame === undefined) {
      context.print(showProblems(context, checked.problems, ''));
      return problemCode(checked.problems);
    }
    const findings: Finding[] = [];
    findings.push(
      await examine('store', async () => {
        await (await outside.store(frame.landscape.spec)).ledger({ landscape: frame.landscape.name });
        return 'answers';
      }),
    );
    const environments = frame.environments.filter(each => environment === undefined || each.name === environment);
    const names = new Set(environments.flatMap(each => Object.values(each.spec.clusters)));
    for (const name of names) {
      const spec = frame.clusters.get(name)?.spec;
      if (spec === undefined) continue;
      findings.push(
        await examine(`cluster ${name}`, async () => {
          const { kafka } = await outside.cluster(name, spec);
          const { clusterId, brokers, authorizedOperations } = await kafka.describeCluster();
          const lacks =
            authorizedOperations === null
              ? []
              : needed.filter(word => !authorizedOperations.includes(word) && !authorizedOperations.includes('ALL'));
          if (lacks.length > 0)
            throw new Fault('kafka/rights', `Our principal may not ${lacks.join(', ')} on the cluster.`, {
              remedy: 'Give it these operations on the Cluster resource by an ACL.',
            });
          return `${clusterId}, ${brokers.length} broker${brokers.length === 1 ? '' : 's'}${authorizedOperations === null ? '; it did not say what we may do' : ''}`;
        }),
      );
    }
    show(context, findings);
    return findings.every(each => each.good) ? exitCodes.done : exitCodes.problem;
  },
};

async function examine(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, good: true, says: await look() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return {
      what,
      good: false,
      says: `${error.code}: ${error.message}`,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    };
  }
}

function show(context: Context, findings: readonly Finding[]): void {
  const { paint } = context;
  if (context.format === 'json') context.print(json({ schemaVersion: 1, findings }));
  else
    for (const each of findings)
      context.print(
        `${each.good ? paint.good('ok ') : paint.bad('bad')} ${paint.strong(each.what)}  ${each.says}${each.remedy === undefined ? '' : `\n    ${each.remedy}`}`,
      );
}
