import type { Outside } from '#flow/outside.ts';
import type { SuperUsers } from '#flow/super-users.ts';
import type { Binding, Right } from '#questions/access.ts';
import type { Command, Context } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { type ExitCode, problemCode } from '../exit-codes.ts';
import { notThere } from '../narrowing.ts';
import { textOf } from '../options.ts';
import { Usage } from '../usage.ts';
import { json } from '../views/problems-document.ts';
import { problemsText } from '../views/problems-text.ts';
import { table } from '../views/table.ts';

const resourceTypes = ['topic', 'group', 'transactionalId', 'cluster', 'user', 'delegationToken'];
/** What their names stand for in the landscape; other types are named as on the cluster. */
const kindOfType: Readonly<Record<string, string>> = { topic: 'Topic', group: 'ConsumerGroup', user: 'ServiceAccount' };
const prefixedTypes = new Set(['topic', 'group', 'transactionalId']);

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
  examples: [
    ['who-can prod read payments.orders', 'every principal, with the rule that lets it'],
    ['who-can prod alter kafka-cluster --type cluster', 'rights on the cluster itself'],
    ['who-can prod write payments.orders -o name', 'principals alone'],
  ],
  run: async (context, [environment = '', operation = '', name = ''], options) => {
    const { operations, whoCan: ask } = await import('#questions/access.ts');
    const type = textOf(options, 'type') ?? 'topic';
    const word = operation.toUpperCase().replaceAll('-', '_');
    if (!operations.includes(word))
      throw new Usage(
        notThere(
          'operation',
          operation.toLowerCase(),
          operations.map(each => each.toLowerCase()),
        ),
      );
    return answer(
      context,
      environment,
      textOf(options, 'cluster'),
      right => right.principal,
      async ({ bindings, remoteNames, prefix, superUsers, lives }) => {
        const known = remoteNames(kindOfType[type] ?? '');
        const found = one(known, name) ?? (!prefixedTypes.has(type) || name.startsWith(prefix) ? name : prefix + name);
        const unknown =
          type === 'topic' && !known.has(name) && !(await lives(found)) ? [notThere('topic', name, known.keys())] : [];
        return { unknown, rights: ask(bindings, word, { type, name: found }, superUsers.principals) };
      },
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
  examples: [
    ['what-can prod payments.checkout', 'by the name in the landscape'],
    ["what-can prod 'User:CN=billing'", 'by its principal'],
  ],
  run: async (context, [environment = '', account = ''], options) => {
    const { whatCan: ask } = await import('#questions/access.ts');
    return answer(
      context,
      environment,
      textOf(options, 'cluster'),
      rightName,
      async ({ bindings, remoteNames, prefix, superUsers }) => {
        const known = remoteNames('ServiceAccount');
        const named = account.includes(':') ? account : (one(known, account) ?? prefix + account);
        const principal = named.includes(':') ? named : `User:${named}`;
        const spoken = account.includes(':') || known.has(account) || bindings.some(each => each.principal === principal);
        const unknown = spoken ? [] : [notThere('ServiceAccount', account, known.keys())];
        return { unknown, rights: ask(bindings, principal, superUsers.principals) };
      },
    );
  },
};

/** The remote name of what a person named; several tenants' is theirs to tell apart. */
function one(known: ReadonlyMap<string, ReadonlySet<string>>, name: string): string | undefined {
  const [found, ...others] = known.get(name) ?? [];
  if (others.length > 0) throw new Usage(`Several tenants have \`${name}\`: write TENANT/NAME.`);
  return found;
}

interface Known {
  readonly bindings: readonly Binding[];
  /** What of a kind is declared, by `metadata.name` and `TENANT/NAME`. */
  remoteNames(kind: string): ReadonlyMap<string, ReadonlySet<string>>;
  /** Is there a topic of this name on the cluster? */
  lives(topic: string): Promise<boolean>;
  readonly prefix: string;
  readonly superUsers: SuperUsers;
}

async function answer(
  context: Context,
  environment: string,
  only: string | undefined,
  nameOf: (right: Right) => string,
  ask: (known: Known) => Promise<{ rights: Right[]; unknown: readonly string[] }>,
): Promise<ExitCode> {
  const outside = await context.open();
  const { clusters, problems } = await known(outside, environment);
  if (problems.length > 0) context.log(problemsText(problems, context.logPaint));
  if (only !== undefined && clusters.size > 0 && !clusters.has(only)) throw new Usage(notThere('cluster', only, clusters.keys()));
  const asked = await Promise.all(
    [...clusters]
      .filter(([cluster]) => only === undefined || cluster === only)
      .map(async ([cluster, each]) => ({ cluster, ...(await ask(each)) })),
  );
  // Known on one cluster is known; where one could not be read, it may be there.
  if (problems.length === 0 && asked.length > 0 && asked.every(each => each.unknown.length > 0))
    throw new Usage(asked[0]?.unknown[0]);
  const rights = asked.flatMap(({ cluster, rights: found }) => found.map(right => ({ cluster, ...right })));
  const caveats = [...clusters].flatMap(([cluster, { superUsers }]) =>
    superUsers.caveat === undefined || (only !== undefined && only !== cluster) ? [] : [{ cluster, caveat: superUsers.caveat }],
  );
  if (context.format === 'json') context.print(json({ schemaVersion: 1, environment, rights, caveats }));
  else if (context.format === 'name')
    context.print([...new Set(rights.filter(right => right.verdict === 'allowed').map(nameOf))].join('\n'));
  else {
    if (rights.length === 0) context.print('Nothing is allowed by ACLs.');
    else
      context.print(
        table(
          ['CLUSTER', 'PRINCIPAL', 'MAY', 'ON', 'FROM', 'VERDICT', 'BECAUSE'],
          rights.map(right => [
            right.cluster,
            right.principal,
            right.operation,
            `${right.resourceType} ${right.resourceName}`,
            right.host === '*' ? 'any host' : right.host,
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

const rightName = ({ resourceType, resourceName, operation }: Right): string =>
  `${operation.toLowerCase()} ${resourceType} ${resourceName}`;

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
    const remoteNames = (kind: string) => {
      const names = new Map<string, Set<string>>();
      for (const each of composed?.declared ?? [])
        if (each.cluster === logical && each.kind === kind)
          for (const name of [each.name, `${each.tenant ?? ''}/${each.name}`])
            names.set(name, (names.get(name) ?? new Set()).add(each.remoteName));
      return names;
    };
    const { kafka } = cluster.ports;
    const lives = async (topic: string) => (await kafka.listTopics({ confirm: false })).some(each => each.name === topic);
    const superUsers = await superUsersOf(kafka);
    found.set(logical, { bindings: unite(bindings), remoteNames, lives, prefix: composed?.prefix ?? '', superUsers });
  }
  return { clusters: found, problems: problems.length > 0 ? problems : clusters.length === 0 ? checked.problems : [] };
}
