/** Does the pattern (`payments.*` or a whole name) cover the name, or the whole prefix that a name with a trailing `*` asks for? */
export const covers = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
