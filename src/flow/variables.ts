import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { Path } from '#model/position.ts';

const ours = /\$\{(var|topic|group|account)\.([A-Za-z0-9._/-]+)\}/g;

/** Does some text in it read as a variable or as a secret's place, though nobody meant it so? */
export const readsAsVariable = (value: Json): boolean => /\$\{(var|topic|group|account|secret)\./.test(JSON.stringify(value));

/** Looks one variable up; undefined: there is none of this name. */
export type Lookup = (family: string, name: string) => string | number | boolean | undefined;

/**
 * Fills our variables in a value: `${var.NAME}`, `${topic.NAME}`, `${group.NAME}`, `${account.NAME}`. A value that is one variable alone
 * keeps its type. Everything else that looks like `${…}`, our `${secret…}` included, passes untouched. `missing` hears of undefined ones.
 */
export function fillVariables(
  value: Json,
  lookup: Lookup,
  missing: (path: Path, variable: string) => void,
  path: Path = [],
): Json {
  if (typeof value === 'string')
    return value.includes('${') ? fillText(value, lookup, variable => missing(path, variable)) : value;
  if (Array.isArray(value))
    return mapKeepingIdentity(value, (item, index) => fillVariables(item, lookup, missing, [...path, index]));
  if (!isJsonObject(value)) return value;
  let filled: JsonObject | undefined;
  for (const [key, member] of Object.entries(value)) {
    const next = fillVariables(member, lookup, missing, [...path, key]);
    if (next !== member) (filled ??= { ...value })[key] = next;
  }
  return filled ?? value;
}

/** Variables of ours in the keys of mappings, where none is filled: each with the path of its key. */
export function variablesInKeys(value: Json, path: Path = []): { path: Path; variable: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => variablesInKeys(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const own = [...key.matchAll(/\$\{(?:var|topic|group|account|secret)\.[^}]*\}/g)].map(([variable]) => ({
      path: [...path, key],
      variable,
    }));
    return typeof member === 'object' && member !== null ? [...own, ...variablesInKeys(member, [...path, key])] : own;
  });
}

function mapKeepingIdentity(items: Json[], map: (item: Json, index: number) => Json): Json[] {
  const mapped = items.map(map);
  return mapped.every((item, index) => item === items[index]) ? items : mapped;
}

function fillText(text: string, lookup: Lookup, missing: (variable: string) => void): Json {
  const alone = /^\$\{(var|topic|group|account)\.([A-Za-z0-9._/-]+)\}$/.exec(text);
  const find = (family: string, name: string) => {
    const found = lookup(family, name);
    if (found === undefined) missing(`\${${family}.${name}}`);
    return found;
  };
  if (alone !== null) return find(alone[1] as string, alone[2] as string) ?? text;
  return text.replace(ours, (whole, family: string, name: string) => String(find(family, name) ?? whole));
}
