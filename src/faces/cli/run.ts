import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import { Bug } from '#model/invariant.ts';
import type { Problem } from '#model/problem.ts';
import { type Command, type Context, type Format, formats, type Options } from './command.ts';
import { type ExitCode, exitCodes, strongest } from './exit-codes.ts';
import type { Host } from './host.ts';
import { program } from './program.ts';
import { progressLine } from './progress.ts';
import { Usage } from './usage.ts';
import { paint, wantsColour } from './views/paint.ts';
import { showProblems } from './views/problems.ts';

/** Runs one command line (without `node` and script) and returns the code to exit with. Never throws. */
export async function runCommandLine(host: Host, words: readonly string[], commands: readonly Command[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const run = async (command: Command, args: readonly string[], options: Options) => {
    code = await runCommand(host, command, { args, options });
  };
  try {
    const ending = await program(host, commands, run).parse(words);
    return ending ?? (host.signal.aborted ? strongest([code, exitCodes.interrupted]) : code);
  } catch (error) {
    return report(host, error);
  }
}

async function runCommand(
  host: Host,
  command: Command,
  { args, options }: { args: readonly string[]; options: Options },
): Promise<ExitCode> {
  const format = formatOf(command, options);
  const paintFor = (terminal: boolean) => paint(wantsColour(host.environment, terminal, options.color !== false));
  const root = resolve(host.directory, typeof options.directory === 'string' ? options.directory : '.');
  const progress = progressLine(text => host.log(text), host.terminal.stderr);
  const line = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => progress.stop());
  let printed = false;
  let opened: ReturnType<Host['open']> | undefined;
  const context: Context = {
    host,
    root,
    format,
    paint: paintFor(host.terminal.stdout),
    logPaint: paintFor(host.terminal.stderr),
    signal: host.signal,
    print: text => {
      progress.stop();
      printed = true;
      host.write(line(text));
    },
    log: text => {
      progress.stop();
      host.log(line(text));
    },
    kinds: () => host.kinds(),
    open: async ({ offline = false } = {}) => {
      opened ??= requireLandscape(root)
        .then(() => host.open(root, { offline, progress: progress.report }))
        .then(outside => stack.use(outside));
      return await opened;
    },
  };
  try {
    return await command.run(context, args, options);
  } catch (error) {
    const fault = asFault(error);
    if (fault !== undefined && format !== 'text' && !printed && !host.signal.aborted)
      host.write(line(showProblems(context, [faultProblem(fault)], '')));
    throw fault ?? error;
  }
}

/** A fault, also one of the files that a command works with (no space, no right, a file where a folder should be); undefined for all else. */
export function asFault(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall, path, message } = error as NodeJS.ErrnoException;
  // A write to an open file names no path, nor does a read of a folder.
  const ofFiles = typeof syscall === 'string' && (typeof path === 'string' || ofDisk.has(code));
  if (!ofFiles) return undefined;
  const remedy =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? { remedy: 'Make room there and repeat the command.' }
      : code === 'EISDIR'
        ? { remedy: 'Name a file: there is a folder where one should be.' }
        : {};
  return new Fault('files/failed', message, { cause: error, ...remedy });
}

const ofDisk: ReadonlySet<string> = new Set(['EISDIR', 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/** A machine that asked for a document gets one also where the command could not begin. */
const faultProblem = ({ code, message, remedy }: Fault): Problem => ({
  code,
  severity: 'error',
  scope: 'landscape',
  title: 'The command could not be carried out',
  message,
  ...(remedy === undefined ? {} : { hint: remedy }),
  related: [],
});

async function requireLandscape(root: string): Promise<void> {
  const found = await stat(join(root, 'kaas.yaml')).catch(() => undefined);
  if (found === undefined)
    throw new Fault('load/no-landscape', `${root} is no landscape: it has no kaas.yaml.`, {
      remedy: '`kaas init` makes one; -C names another folder.',
    });
}

function formatOf(command: Command, options: Options): Format {
  const given = options.output as Format | undefined;
  if (given === undefined) return 'text';
  if (!formats.includes(given)) throw new Usage(`There is no output format \`${given}\`: ${command.formats.join(', ')}.`);
  if (given !== 'text' && !command.formats.includes(given))
    throw new Usage(
      command.formats.length === 0
        ? `\`kaas ${command.name}\` has no other output format.`
        : `\`kaas ${command.name}\` prints ${command.formats.join(', ')}, not ${given}.`,
    );
  return given;
}

/** Says what went wrong, in the words of its family, and returns its code. */
function report(host: Host, error: unknown): ExitCode {
  if (host.signal.aborted && !(error instanceof Bug)) {
    host.log('Interrupted.\n');
    return exitCodes.interrupted;
  }
  if (error instanceof Usage) {
    host.log(`${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof Fault) {
    host.log(`${error.code}: ${error.message}\n${error.remedy === undefined ? '' : `${error.remedy}\n`}`);
    return exitCodes.problem;
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  host.log(`This is a bug of kaas; please report it with the command that you ran.\n${message}\n`);
  return exitCodes.bug;
}
