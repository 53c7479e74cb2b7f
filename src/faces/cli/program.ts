import { Command as Commander, CommanderError, Option as CommanderOption } from 'commander';
import type { Command, Option, Options } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';

type Run = (command: Command, args: readonly string[], options: Options) => Promise<void>;

/** Options that every command understands, before or after its name. */
export const globalOptions: readonly Option[] = [
  { flags: '-C, --directory <dir>', description: 'the landscape (default: the current folder)' },
  { flags: '-o, --output <format>', description: 'json, markdown, sarif, junit or name instead of text' },
  { flags: '--no-color', description: 'no colour (also by NO_COLOR)' },
];

/** The command line's grammar, made from the commands. `parse` returns a code when it ended without running one. */
export function program(host: Host, commands: readonly Command[], run: Run) {
  const root = new Commander('kaas')
    .description('Kafka as a Service, run from Git')
    .version(`kaas ${host.version}`, '--version', 'the version')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [command]', 'help for a command')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: text => host.write(text), writeErr: text => host.log(text) });
  for (const option of globalOptions) root.addOption(toOption(option));
  for (const command of commands) root.addCommand(toCommander(command, run), { hidden: command.hidden === true });
  for (const each of root.commands) each.copyInheritedSettings(root).configureHelp({ showGlobalOptions: true });
  return {
    parse: async (words: readonly string[]): Promise<ExitCode | undefined> => {
      if (words.length === 0) {
        root.outputHelp({ error: true });
        return exitCodes.usage;
      }
      try {
        await root.parseAsync([...words], { from: 'user' });
        return undefined;
      } catch (error) {
        if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
        throw error;
      }
    },
  };
}

/** `  $ kaas plan dev   what would change`, the meanings below each other. */
export function exampleLines(examples: NonNullable<Command['examples']>): string {
  const widest = Math.max(...examples.map(([line]) => line.length));
  return examples.map(([line, meaning]) => `  $ kaas ${line.padEnd(widest)}   # ${meaning}`).join('\n');
}

function toCommander(command: Command, run: Run): Commander {
  const made = new Commander(command.name).summary(command.summary);
  made.description(command.details === undefined ? command.summary : `${command.summary}\n\n${command.details}`);
  if (command.examples !== undefined) made.addHelpText('after', `\nExamples:\n${exampleLines(command.examples)}\n`);
  for (const argument of command.arguments)
    made.argument(argument.name.startsWith('[') ? argument.name : `<${argument.name}>`, argument.description);
  for (const option of command.options) made.addOption(toOption(option));
  return made.action(async () => {
    const args = made.processedArgs.flat().filter((word): word is string => typeof word === 'string');
    await run(command, args, made.optsWithGlobals() as Options);
  });
}

function toOption(option: Option): CommanderOption {
  const made = new CommanderOption(option.flags, option.description);
  if (option.repeatable) made.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  if (option.choices !== undefined) made.choices(option.choices);
  if (option.default !== undefined) made.default(option.default);
  return made;
}
