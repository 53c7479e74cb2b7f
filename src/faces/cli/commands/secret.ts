import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { type SealedFormat, sealedFormats } from '#ports/sealing.ts';
import type { Command, Context, Options } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { textOf } from '../options.ts';
import { published } from '../published-keys.ts';
import { resealAll } from '../reseal-all.ts';
import { secretDocument } from '../secret-document.ts';
import { Usage } from '../usage.ts';
import { json } from '../views/problems-document.ts';

/** A secret is a password, a key or a keystore's text, no file of data. */
const mostBytes = 256 * 1024;

export const secret: Command = {
  name: 'secret',
  summary: 'seal a secret for Git, make a new sealing key, reseal what is in the working tree',
  // Further words are taken too, so that a secret that was meant for standard input is not quoted back by the parser.
  arguments: [{ name: 'ACTION...', description: 'seal, rotate-key or reseal' }],
  options: [
    { flags: '--from-file <file>', description: 'seal: the value (default: standard input)' },
    { flags: '--tenant <name>', description: 'seal: whose document will hold it (default: the platform)' },
    { flags: '--name <name>', description: 'seal: `metadata.name` of the document' },
    { flags: '--store <name>', description: 'seal: the SecretStore that the value goes to (default: local)' },
    { flags: '--key <key>', description: 'seal: the key in it (default: TENANT/NAME)' },
    { flags: '--format <format>', description: 'seal: which format', choices: sealedFormats, default: 'age' },
    { flags: '--entry <name>', description: 'seal: the name of the value in a SOPS file or SealedSecret', default: 'value' },
    { flags: '--bare', description: 'seal: print the armour alone, without a document' },
  ],
  formats: ['json'],
  examples: [
    ['secret seal --tenant shop --name db < password.txt > tenants/shop/db.yaml', 'a document that only the platform can open'],
    ['secret seal --name db --format sops --tenant shop < password.txt > tenants/shop/db.sops.yaml', 'a file for `file:`'],
    ['secret rotate-key', 'a new key on this machine; what was sealed to the old one can still be opened'],
    ['secret reseal', 'every Secret of the working tree, for the keys that kaas.yaml names now'],
  ],
  details:
    'The value comes from standard input or a file, never from an argument, which other users of the machine could see; one line break at its end does not count. ' +
    'It is sealed to the keys that `sealing` in kaas.yaml publishes, so sealing needs no private key. `rotate-key` and `reseal` are for the machine that has them.',
  run: async (context, [action = '', ...more], options) => {
    if (more.length > 0)
      throw new Usage(
        `\`kaas secret ${action.slice(0, 40)}\` takes no further words: a value comes from standard input or --from-file.`,
      );
    if (action === 'seal') return seal(context, options);
    if (action === 'rotate-key') return rotateKey(context);
    if (action === 'reseal') return resealAll(context);
    throw new Usage(`\`kaas secret ${action.slice(0, 40)}\`: there are seal, rotate-key and reseal.`);
  },
};

async function seal(context: Context, options: Options): Promise<ExitCode> {
  const format = textOf(options, 'format') as SealedFormat;
  const tenant = textOf(options, 'tenant') ?? null;
  const name = textOf(options, 'name');
  const bare = options.bare === true || format !== 'age';
  if (name === undefined && !(bare && format === 'age')) throw new Usage('Name the document: --name NAME.');
  const entry = format === 'age' ? '' : entryIn(format, textOf(options, 'entry') as string);
  const { to } = await published(context, tenant);
  const value = await valueOf(context, textOf(options, 'fromFile'));
  const sealing = await context.host.sealing(context.root);
  const sealed = await sealing.seal(new Map([[entry, value]]), { format, to, tenant, name: name ?? '' });
  const [store, key] = [textOf(options, 'store'), textOf(options, 'key')];
  const document = bare ? null : secretDocument({ name: name as string, sealed, store, key });
  if (context.format === 'json') context.print(json({ schemaVersion: 1, action: 'seal', format, sealed, document }));
  else context.print(document ?? sealed);
  if (format !== 'age') context.log('Put it into a file beside a Secret that names it: `file: NAME`.');
  return exitCodes.done;
}

/** A name that both we and the format's own tool take for that of a sealed value: SOPS keeps `sops` for itself, and leaves in clear what ends so. */
function entryIn(format: SealedFormat, entry: string): string {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(entry))
    throw new Usage('--entry: letters, digits, dots, dashes and underscores, at most 200, no dot in front.');
  if (format === 'sops' && (entry === 'sops' || entry.endsWith('_unencrypted')))
    throw new Usage(`--entry ${entry}: SOPS takes this name for something else. Choose another one.`);
  return entry;
}

async function valueOf(context: Context, file: string | undefined): Promise<Redacted> {
  if (file === undefined && context.host.terminal.stdin)
    throw new Usage('The value is read from standard input or --from-file: `kaas secret seal … < FILE`.');
  const bytes = file === undefined ? await context.host.input(mostBytes) : await readFile(resolve(context.host.directory, file));
  if (bytes === undefined || bytes.length > mostBytes)
    throw new Fault('sealing/too-large', `The value has more than ${mostBytes / 1024} KiB.`, {
      remedy: 'A Secret holds passwords and keys.',
    });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    throw new Fault('sealing/no-text', 'The value is no UTF-8 text.', {
      remedy: 'Encode bytes first, for example with `base64`.',
    });
  }
  if (text === '') throw new Usage('The value is empty.');
  return new Redacted(text);
}

async function rotateKey(context: Context): Promise<ExitCode> {
  const recipient = await (await context.host.sealing(context.root)).makeKey();
  if (context.format === 'json') context.print(json({ schemaVersion: 1, action: 'rotate-key', recipient }));
  else context.print(recipient);
  context.log(
    'A new key is on this machine; the old ones still open what was sealed to them. Write its recipient into `spec.sealing.recipients` of kaas.yaml in place of the ' +
      'old one, run `kaas secret reseal`, and keep a copy of the identity file in a safe place: without it nothing sealed can be opened.',
  );
  return exitCodes.done;
}
