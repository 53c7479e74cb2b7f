import type { Outside } from '#flow/outside.ts';
import type { SuperUsers } from '#flow/super-users.ts';
import type { Binding, Right } from '#questions/access.ts';
import type { Command, Context } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { type ExitCode, problemCode } from '../exit-codes.ts';
import { textOf } from '../options.ts';
import { Usage } from '../usage.ts';
import { json } from '../views/problems-document.ts';
import { problemsText } from '../views/problems-text.ts';
import { table } from '../views/table.ts';

const resourceTypes = ['topic', 'group', 'transactionalId', 'cluster'];

export const whoCan: Command = {
  name: 'who-can',
  summary: 'who may do something to a topic, from declared and live ACLs, with the reason',
  arguments: [
    { name: 'ENV', description: 'the environment' },
    { name: 'OPERATION', description: 'read, write, describe, alter …' },
    { name: 'TOPIC', description: 'the topic by its name in the landscape, or on the cluster' },
  ],
  options: [
    { flags: '--type <type>', description: 'of what TOPIC names', choices: resourceTypes, default: 'topic' },
    { flags: '--cluster <name>', description: 'the logical cluster (default: all)' },
  ],
  formats: ['json', 'name'],
  run: async (context, [environment = '', operation = '', name = ''], options) => {
    const { whoCan: ask } = await import('#questions/access.ts');
    const type = textOf(options, 'type') ?? 'topic';
    const word = operation.toUpperCase().replaceAll('-', '_');
    return answer(context, environment, textOf(options, 'cluster'), ({ bindings, remoteNames, prefix, superUsers }) =>
      ask(
        bindings,
        word,
        { type, name: remoteNames.get(name) ?? (name.startsWith(prefix) ? name : prefix + name) },
        superUsers.principals,
      ),
    );
  },
};

export const whatCan: Command = {
  name: 'what-can',
  summary: 'what an account may do, from declared and live ACLs, with the reason',
  arguments: [
    { name: 'ENV', description: 'the environment' },
    { name: 'ACCOUNT', description: 'a ServiceAccount, or a principal with its type (User:…)' },
  ],
  options: [{ flags: '--cluster <name>', description: 'the logical cluster (default: all)' }],
  formats: ['json', 'name'],
  run: async (context, [environment = '', account = ''], options) => {
    const { whatCan: ask } = await import('#questions/access.ts');
    return answer(context, environment, textOf(options, 'cluster'), ({ bindings, remoteNames, prefix, superUsers }) => {
      const remote = account.includes(':') ? account : (remoteNames.get(account) ?? prefix + account);
      return ask(bindings, remote.includes(':') ? remote : `User:${remote}`, superUsers.principals);
    });
  },
};

interface Known {
  readonly bindings: readonly Binding[];
  /** By `metadata.name` and `TENANT/NAME`. */
  readonly remoteNames: ReadonlyMap<string, string>;
  readonly prefix: string;
  readonly superUsers: SuperUsers;
}

async function answer(
  context: Context,
  environment: string,
  only: string | undefined,
  ask: (known: Known) => Right[],
): Promise<ExitCode> {
  const outside = await context.open();
  const { clusters, problems } = await known(outside, environment);
  if (problems.length > 0) context.log(problemsText(problems, context.paint));
  if (only !== undefined && clusters.size > 0 && !clusters.has(only))
    throw new Usage(`${environment} has no cluster \`${only}\`; it has ${[...clusters.keys()].join(', ')}.`);
  const rights = [...clusters]
    .filter(([cluster]) => only === undefined || cluster === only)
    .flatMap(([cluster, each]) => ask(each).map(right => ({ cluster, ...right })));
  const caveats = [...clusters].flatMap(([cluster, { superUsers }]) =>
    superUsers.caveat === undefined || (only !== undefined && only !== cluster) ? [] : [{ cluster, caveat: superUsers.caveat }],
  );
  if (context.format === 'json') context.print(json({ schemaVersion: 1, environment, rights, caveats }));
  else if (context.format === 'name')
    context.print(
      rights
        .filter(right => right.verdict === 'allowed')
        .map(right => right.principal)
        .join('\n'),
    );
  else {
    if (rights.length === 0) context.print('Nothing is allowed by ACLs.');
    else
      context.print(
        table(
          ['CLUSTER', 'PRINCIPAL', 'MAY', 'ON', 'VERDICT', 'BECAUSE'],
          rights.map(right => [
            right.cluster,
            right.principal,
            right.operation,
            `${right.resourceType} ${right.resourceName}`,
            right.verdict === 'declared' ? 'declared, not applied' : right.verdict,
            reasons(right),
          ]),
          context.paint,
        ),
      );
    for (const { cluster, caveat } of caveats) context.print(`${cluster}: ${caveat}`);
  }
  return problemCode(problems);
}

const reasons = (right: Right): string => right.because.map(reason).join('; ') || 'super user of the brokers';
const reason = (binding: Binding): string => {
  const where = binding.declaredBy.length > 0 ? binding.declaredBy.join(', ') : 'not declared';
  return `${binding.permission} ${binding.operation} ${binding.pattern} ${binding.resourceName} (${where}${binding.live ? '' : ', not live'})`;
};

async function known(outside: Outside, environment: string) {
  const [{ readEnvironment }, { superUsersOf }, { bindingOf, unite }] = await Promise.all([
    import('#flow/read-environment.ts'),
    import('#flow/super-users.ts'),
    import('#questions/access.ts'),
  ]);
  const { checked, composed, clusters, problems } = await readEnvironment(outside, environment, ['Acl']);
  requireEnvironments(checked, [environment]);
  const found = new Map<string, Known>();
  for (const cluster of clusters) {
    const logical = cluster.cluster.logical;
    const declared = (composed?.resources ?? []).filter(each => each.cluster === logical && each.kind === 'Acl');
    const live = [...(cluster.live.get('Acl')?.keys() ?? [])];
    const bindings = [
      ...declared.map(each => bindingOf(each.remoteName, each.declaredBy, false)),
      ...live.map(name => bindingOf(name, [], true)),
    ].filter(each => each !== undefined);
    const remoteNames = new Map(
      (composed?.declared ?? [])
        .filter(each => each.cluster === logical && (each.kind === 'Topic' || each.kind === 'ServiceAccount'))
        .flatMap(each => [
          [each.name, each.remoteName],
          [`${each.tenant ?? ''}/${each.name}`, each.remoteName],
        ]) as [string, string][],
    );
    const superUsers = await superUsersOf(cluster.ports.kafka);
    found.set(logical, { bindings: unite(bindings), remoteNames, prefix: composed?.prefix ?? '', superUsers });
  }
  return { clusters: found, problems: problems.length > 0 ? problems : clusters.length === 0 ? checked.problems : [] };
}
