import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { scriptFor, shells, suggestions } from '../shell-completion.ts';
import { Usage } from '../usage.ts';

export const completion: Command = {
  name: 'completion',
  summary: 'the completion script of a shell, to be sourced',
  arguments: [{ name: 'SHELL', description: shells.join(', ') }],
  options: [],
  formats: [],
  examples: [
    ['completion bash > ~/.local/share/bash-completion/completions/kaas', 'for every new bash'],
    ['completion zsh > ~/.zfunc/_kaas', 'for zsh, where ~/.zfunc is in fpath'],
    ['completion fish > ~/.config/fish/completions/kaas.fish', 'for fish'],
  ],
  details: 'For this shell alone, in bash: source <(kaas completion bash)',
  run: async (context, [shell = '']) => {
    const script = scriptFor(shell);
    if (script === undefined) throw new Usage(`There is no completion for \`${shell}\`: ${shells.join(', ')}.`);
    context.print(script);
    return exitCodes.done;
  },
};

export const complete: Command = {
  name: 'complete',
  summary: 'what could stand next on a command line (called by completion scripts)',
  arguments: [{ name: '[WORDS...]', description: 'the words so far, after --' }],
  options: [],
  formats: [],
  hidden: true,
  run: async (context, words) => {
    const { commands } = await import('./index.ts');
    const { globalOptions } = await import('../program.ts');
    const found = await suggestions(words, { commands, globalOptions, root: context.root, kinds: () => context.kinds() });
    if (found.length > 0) context.print(found.join('\n'));
    return exitCodes.done;
  },
};
