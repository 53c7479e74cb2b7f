import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { makeFolder } from '../make-folder.ts';
import { textOf } from '../options.ts';
import { json } from '../views/problems-document.ts';
import { problemsText } from '../views/problems-text.ts';

export const importLive: Command = {
  name: 'import',
  summary: 'write documents for what lives in the environment and is not declared',
  arguments: [{ name: 'ENV', description: 'the environment' }],
  options: [{ flags: '--out <dir>', description: 'write below this folder instead of the landscape' }],
  formats: ['json', 'name'],
  examples: [
    ['import prod', 'documents for what lives and is not declared, into the landscape'],
    ['import prod --out /tmp/found', 'the same into another folder, to look at first'],
  ],
  details: 'Changes nothing on the cluster; the plan after it only adopts. A file that exists gets the new documents at its end.',
  run: async (context, [environment = ''], options) => {
    const [{ check }, { discover }, { importFiles }] = await Promise.all([
      import('#flow/flow.ts'),
      import('#flow/discover.ts'),
      import('#edits/import.ts'),
    ]);
    const outside = await context.open();
    requireEnvironments(await check(outside, []), [environment]);
    const { found, fallback, frame, problems } = await discover(outside, environment);
    if (problems.length > 0) context.log(problemsText(problems, context.logPaint));
    if (problemCode(problems) !== exitCodes.done) return exitCodes.problem;
    const files = importFiles(found, {
      environment,
      clusterOf: tenant => (tenant === null ? undefined : frame?.tenants.get(tenant)?.spec.cluster) ?? fallback,
    });
    const out = textOf(options, 'out');
    const root = out === undefined ? context.root : resolve(context.host.directory, out);
    for (const [file, text] of files) await add(join(root, file), text);
    if (context.format === 'json')
      context.print(json({ schemaVersion: 1, environment, files: [...files.keys()], documents: found.length }));
    else if (context.format === 'name') context.print([...files.keys()].join('\n'));
    else if (files.size === 0) context.print(`Everything in ${environment} is declared already.`);
    else
      context.print(
        [
          ...[...files.keys()].map(file => `${context.paint.good('+')} ${file}`),
          `${found.length} documents. Next: kaas plan ${environment}`,
        ].join('\n'),
      );
    return exitCodes.done;
  },
};

async function add(file: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(file));
    const before = await readFile(file, 'utf8').catch(() => '');
    await writeFile(file, before === '' ? text : `${before.trimEnd()}\n---\n${text}`);
  } catch (error) {
    throw new Fault('files/not-written', `${file} could not be written: ${(error as Error).message}`);
  }
}
