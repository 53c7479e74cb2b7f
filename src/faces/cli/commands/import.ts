import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Discovery } from '#flow/discover.ts';
import type { Outside } from '#flow/outside.ts';
import { Fault } from '#model/fault.ts';
import { groupLeftOut } from '#model/left-out.ts';
import type { Command, Context } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { makeFolder } from '../make-folder.ts';
import { textOf } from '../options.ts';
import { leftOutText } from '../views/left-out.ts';
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
  details:
    'Changes nothing on the cluster; the plan after it only adopts. Secrets that it finds go to the store `local`, never into a document. A file that exists gets the new documents at its end; broker configuration goes into the document of its cluster. What is left out is said, with the reason.',
  run: async (context, [environment = ''], options) => {
    const [{ check }, { discover }, { keepSecrets }, { importFiles }] = await Promise.all([
      import('#flow/flow.ts'),
      import('#flow/discover.ts'),
      import('#flow/imported-secrets.ts'),
      import('#edits/import.ts'),
    ]);
    const outside = await context.open();
    requireEnvironments(await check(outside, []), [environment]);
    const discovery = await discover(outside, environment);
    const { found, fallback, frame, problems } = discovery;
    if (problems.length > 0) context.log(problemsText(problems, context.logPaint));
    if (problemCode(problems) !== exitCodes.done) return exitCodes.problem;
    const files = importFiles(found, {
      environment,
      clusterOf: tenant => (tenant === null ? undefined : frame?.tenants.get(tenant)?.spec.cluster) ?? fallback,
    });
    const edited = await editedFiles(outside, discovery);
    const out = textOf(options, 'out');
    const root = out === undefined ? context.root : resolve(context.host.directory, out);
    await keepSecrets(outside, discovery);
    for (const [file, text] of edited) await write(join(root, file), () => text);
    for (const [file, text] of files)
      await write(join(root, file), before => (before === '' ? text : `${before.trimEnd()}\n---\n${text}`));
    report(context, environment, [...edited.keys(), ...files.keys()], discovery);
    return exitCodes.done;
  },
};

/** Files of the landscape with what is added to their documents. */
async function editedFiles(outside: Outside, { added }: Discovery): Promise<Map<string, string>> {
  const { addToDocument } = await import('#edits/add-to-document.ts');
  const files = new Map<string, string>();
  for (const addition of added) {
    const { file, kind, name } = addition;
    const [read] = files.has(file) ? [{ text: files.get(file) as string }] : await outside.files.readTexts([file]);
    const text = read === undefined || 'refused' in read ? undefined : addToDocument(read.text, addition);
    if (text === undefined)
      throw new Fault(
        'files/not-written',
        `${kind} \`${name}\` in ${file} cannot be added to: ${JSON.stringify(addition.spec)}`,
        {
          remedy: 'Write it there by hand; an alias or another value stands where a mapping is wanted.',
        },
      );
    files.set(file, text);
  }
  return files;
}

function report(context: Context, environment: string, files: readonly string[], discovery: Discovery): void {
  const { found, added, left, unlisted } = discovery;
  const documents = found.length + added.length;
  const leftOut = groupLeftOut(left);
  const notes = leftOutText(leftOut, unlisted, context.paint);
  if (context.format === 'json')
    return context.print(json({ schemaVersion: 1, environment, files, documents, leftOut, unlisted }));
  if (context.format === 'name') {
    context.print(files.join('\n'));
    return notes === '' ? undefined : context.log(notes);
  }
  const written = files.map(file => `${context.paint.good('+')} ${file}`);
  if (discovery.secrets.size > 0)
    written.push(`${discovery.secrets.size} secrets went to the store \`local\`; the documents refer to them.`);
  const last =
    files.length === 0
      ? `Everything in ${environment} that import can bring is declared.`
      : `${documents} documents. Next: kaas plan ${environment}`;
  context.print([...written, ...(notes === '' ? [] : [notes]), last].join('\n'));
}

/** Writes what a file shall say after what it says now (nothing where it is not there). */
async function write(file: string, textAfter: (before: string) => string): Promise<void> {
  try {
    await makeFolder(dirname(file));
    const before = await readFile(file, 'utf8').catch(() => '');
    await writeFile(file, textAfter(before));
  } catch (error) {
    throw new Fault('files/not-written', `${file} could not be written: ${(error as Error).message}`);
  }
}
