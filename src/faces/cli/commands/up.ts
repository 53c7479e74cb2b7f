import type { Command, Context } from '../command.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import type { LocalKafka } from '../host.ts';
import { localClusters } from '../local-clusters.ts';
import { textOf } from '../options.ts';
import { showProblems } from '../views/problems.ts';
import { json } from '../views/problems-document.ts';

export const up: Command = {
  name: 'up',
  summary: 'start a real Kafka for each cluster whose connection is `local`',
  arguments: [],
  options: [{ flags: '--brokers <count>', description: 'brokers per cluster', choices: ['1', '3'], default: '1' }],
  formats: ['json', 'name'],
  examples: [
    ['up', 'one broker for each local cluster of the landscape'],
    ['up --brokers 3', 'three of each, as in production'],
  ],
  details: 'Outside a landscape: one cluster named main. State is kept under .kaas/up/. Waits until the brokers answer.',
  run: async (context, _args, options) => {
    const brokers = textOf(options, 'brokers') === '3' ? 3 : 1;
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
          signal: context.signal,
          log: line => context.log(line),
        }),
      );
    show(context, started);
    return exitCodes.done;
  },
};

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
        ].join('\n'),
      );
}
