import { stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { makeFolder } from '../make-folder.ts';
import { newLandscape } from '../new-landscape.ts';

export const init: Command = {
  name: 'init',
  summary: 'a new landscape, small, commented, that validates',
  arguments: [{ name: '[DIR]', description: 'where (default: the landscape of -C)' }],
  options: [],
  formats: ['name'],
  examples: [
    ['init shop', 'a new landscape in the folder shop'],
    ['-C shop validate', 'it is sound from the start'],
  ],
  run: async (context, [directory]) => {
    const root = directory === undefined ? context.root : resolve(context.host.directory, directory);
    if (await exists(join(root, 'kaas.yaml')))
      throw new Fault('cli/landscape-exists', `${root} is a landscape already: kaas.yaml exists.`, {
        remedy: 'Name another folder: `kaas init DIR`.',
      });
    const files = newLandscape(basename(root).replace(/[^A-Za-z0-9._-]/g, '-') || 'landscape');
    const written: string[] = [];
    for (const [file, text] of Object.entries(files)) {
      if (await exists(join(root, file))) continue;
      await makeFolder(dirname(join(root, file)));
      await writeFile(join(root, file), text, { flag: 'wx' });
      written.push(file);
    }
    const near = relative(context.host.directory, root);
    const where = near.startsWith('..') ? root : near;
    const lead = where === '' ? '' : `-C ${where} `;
    if (context.format === 'name') context.print(written.join('\n'));
    else
      context.print(
        [
          ...written.map(file => `${context.paint.good('+')} ${join(where, file)}`),
          '',
          'Next:',
          `  kaas ${lead}validate     check it, offline`,
          `  kaas ${lead}up           a real Kafka on this machine`,
          `  kaas ${lead}plan dev     what would change`,
          `  kaas ${lead}apply dev    change it`,
        ].join('\n'),
      );
    return exitCodes.done;
  },
};

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
