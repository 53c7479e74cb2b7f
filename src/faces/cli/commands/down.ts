import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

export const down: Command = {
  name: 'down',
  summary: 'stop what `up` started',
  arguments: [],
  options: [],
  formats: ['name'],
  examples: [['down', 'stop them; what they hold stays for the next `kaas up`']],
  run: async context => {
    const stopped: string[] = [];
    for (const cluster of await context.host.local.list(context.root))
      if (await context.host.local.stop(context.root, cluster)) stopped.push(cluster);
    if (context.format === 'name') context.print(stopped.join('\n'));
    else context.print(stopped.length === 0 ? 'Nothing was running.' : stopped.map(cluster => `down ${cluster}`).join('\n'));
    return exitCodes.done;
  },
};
