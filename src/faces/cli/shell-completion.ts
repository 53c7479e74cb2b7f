import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { KindRegistry } from '#flow/load.ts';
import { type Command, formats, type Option } from './command.ts';

const scripts: Readonly<Record<string, string>> = {
  bash: `_kaas() {
  local IFS=$'\\n'
  COMPREPLY=($(kaas complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _kaas kaas`,
  zsh: `#compdef kaas
_kaas() {
  local -a found
  found=("\${(@f)$(kaas complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _kaas kaas`,
  fish: `complete -c kaas -f -a '(kaas complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
};

export const shells = Object.keys(scripts);
export const scriptFor = (shell: string): string | undefined => (Object.hasOwn(scripts, shell) ? scripts[shell] : undefined);

interface Known {
  readonly commands: readonly Command[];
  readonly globalOptions: readonly Option[];
  readonly root: string;
  kinds(): Promise<KindRegistry>;
}

/** What may stand in place of the last word: commands, options, environments of the landscape, kinds. */
export async function suggestions(words: readonly string[], known: Known): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const starting = (all: readonly string[]) => all.filter(each => each.startsWith(current));
  const shown = known.commands.filter(each => each.hidden !== true);
  const command = shown.find(each => before.some((word, index) => word === each.name && !isDirectory(before[index - 1])));
  const options = [...(command?.options ?? []), ...known.globalOptions];
  const takesValue = (word: string | undefined) =>
    options.find(each => each.flags.includes('<') && optionNames(each).some(name => name === word));
  const waiting = takesValue(before.at(-1));
  if (waiting !== undefined) return starting(await valuesOf(waiting, command, known));
  if (current.startsWith('-')) return starting(options.flatMap(optionNames));
  if (command === undefined) return starting(shown.map(each => each.name));
  const after = before.slice(before.lastIndexOf(command.name) + 1);
  const place = after.filter((word, index) => !word.startsWith('-') && takesValue(after[index - 1]) === undefined).length;
  const argument = command.arguments[Math.min(place, command.arguments.length - 1)]?.name ?? '';
  if (/ENV|OTHER/.test(argument)) return starting(await named(rootOf(before, known.root), 'environments'));
  if (argument.includes('KIND')) return starting([...(await known.kinds()).keys()]);
  return argument === 'SHELL' ? starting(shells) : [];
}

const optionNames = (option: Option): string[] => option.flags.split(/[ ,]+/).filter(word => word.startsWith('-'));

const isDirectory = (option: string | undefined): boolean => option === '-C' || option === '--directory';

function rootOf(words: readonly string[], root: string): string {
  const given = words.findIndex(isDirectory);
  return given === -1 ? root : resolve(root, words[given + 1] ?? '.');
}

/** What an option's value can be; none where files or free text stand. */
async function valuesOf(option: Option, command: Command | undefined, known: Known): Promise<readonly string[]> {
  if (option.choices !== undefined) return option.choices;
  const names = optionNames(option);
  if (names.includes('--output')) return command?.formats ?? formats.filter(each => each !== 'text');
  if (names.includes('--kind')) return [...(await known.kinds()).keys()];
  return names.includes('--tenant') ? named(known.root, 'tenants') : [];
}

/** By the file names of habit; completion never parses the landscape. */
const named = (root: string, folder: 'environments' | 'tenants'): Promise<string[]> =>
  readdir(join(root, 'platform', folder)).then(
    names => names.filter(name => name.endsWith('.yaml')).map(name => name.slice(0, -'.yaml'.length)),
    () => [],
  );
