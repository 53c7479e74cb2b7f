import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KindRegistry } from '#flow/load.ts';
import type { Command, Option } from './command.ts';

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
  const command = shown.find(each => before.includes(each.name));
  if (before.at(-1) === '--kind') return starting([...(await known.kinds()).keys()]);
  if (current.startsWith('-')) return starting([...(command?.options ?? []), ...known.globalOptions].flatMap(optionNames));
  if (command === undefined) return starting(shown.map(each => each.name));
  const place = before.slice(before.indexOf(command.name) + 1).filter(word => !word.startsWith('-')).length;
  const argument = command.arguments[Math.min(place, command.arguments.length - 1)]?.name ?? '';
  if (/ENV|OTHER/.test(argument)) return starting(await environments(known.root));
  if (argument.includes('KIND')) return starting([...(await known.kinds()).keys()]);
  return argument === 'SHELL' ? starting(shells) : [];
}

const optionNames = (option: Option): string[] => option.flags.split(/[ ,]+/).filter(word => word.startsWith('-'));

/** By the file names of habit; completion never parses the landscape. */
const environments = (root: string): Promise<string[]> =>
  readdir(join(root, 'platform/environments')).then(
    names => names.filter(name => name.endsWith('.yaml')).map(name => name.slice(0, -'.yaml'.length)),
    () => [],
  );
