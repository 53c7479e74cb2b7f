import type { Command, Context, Options } from '../command.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { type Beside, besides, type LocalKafka } from '../host.ts';
import { localClusters } from '../local-clusters.ts';
import { textOf } from '../options.ts';
import { Usage } from '../usage.ts';
import { showProblems } from '../views/problems.ts';
import { json } from '../views/problems-document.ts';

export const up: Command = {
  name: 'up',
  summary: 'start a real Kafka for each cluster whose connection is `local`, with Connect and a registry if asked',
  arguments: [],
  options: [
    { flags: '--brokers <count>', description: 'brokers per cluster', choices: ['1', '3'], default: '1' },
    { flags: '--with <servers>', description: `what stands beside each cluster, with commas: ${besides.join(', ')}` },
  ],
  formats: ['json', 'name'],
  examples: [
    ['up', 'one broker for each local cluster of the landscape'],
    ['up --brokers 3', 'three of each, as in production'],
    ['up --with connect,schema-registry', 'a Connect worker and a schema registry beside each'],
  ],
  details:
    'Outside a landscape: one cluster named main. State is kept under .kaas/up/. Waits until all of them answer. What runs already is left as it is, so a second ' +
    '`up --with` adds what is not there. Connect finds connectors that do not come with Kafka in folders below .kaas/plugins/. The registry is Apicurio and needs Java 21 or newer.',
  run: async (context, _args, options) => {
    const brokers = textOf(options, 'brokers') === '3' ? 3 : 1;
    const beside = besideOf(options);
    const { clusters, problems } = await localClusters(context);
    if (clusters.length === 0) {
      if (problems.length > 0) context.print(showProblems(context, problems, ''));
      else context.log('No KafkaCluster of this landscape has `connection: local`.');
      return problemCode(problems);
    }
    const started: LocalKafka[] = [];
    for (const cluster of clusters)
      started.push(
        await context.host.local.start({
          root: context.root,
          cluster,
          brokers,
          beside,
          signal: context.signal,
          log: line => context.log(line),
        }),
      );
    show(context, started);
    return exitCodes.done;
  },
};

function besideOf(options: Options): Beside[] {
  const asked = (textOf(options, 'with') ?? '').split(',').filter(name => name !== '');
  const unknown = asked.find(name => !besides.some(each => each === name));
  if (unknown !== undefined)
    throw new Usage(`\`--with ${unknown}\`: there is no such server; there are ${besides.join(' and ')}.`);
  return besides.filter(each => asked.includes(each));
}

function show(context: Context, started: readonly LocalKafka[]): void {
  if (context.format === 'json') context.print(json({ schemaVersion: 1, clusters: started }));
  else if (context.format === 'name') context.print(started.map(each => each.cluster).join('\n'));
  else
    for (const each of started)
      context.print(
        [
          `${context.paint.good('up')} ${context.paint.strong(each.cluster)}`,
          `  bootstrap servers  ${each.bootstrapServers.join(',')}`,
          `  admin properties   ${each.adminProperties}`,
          ...(each.schemaRegistry === undefined ? [] : [`  schema registry    ${each.schemaRegistry}`]),
          ...(each.connect === undefined ? [] : [`  connect            ${each.connect}`]),
        ].join('\n'),
      );
}
