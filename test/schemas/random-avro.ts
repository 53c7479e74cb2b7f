/** Gives a whole number from 0 to below `bound`. */
export type Pick = (bound: number) => number;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Made {
  readonly type: Json;
  /** A default that fits. */
  readonly value: Json;
}

const plain: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['boolean', true],
  ['int', 7],
  ['long', 8],
  ['float', 1.5],
  ['double', 2.5],
  ['bytes', ''],
  ['string', 'x'],
];
const wider: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/** A random Avro type. `names` counts the named types, so that no name stands twice. */
export function randomType(pick: Pick, names: { count: number }, depth: number): Made {
  const kind = depth <= 0 ? pick(8) : pick(14);
  if (kind < 8) return { type: plain[kind]?.[0] as string, value: plain[kind]?.[1] as Json };
  const name = `N${names.count++}`;
  if (kind === 8) return { type: { type: 'array', items: randomType(pick, names, depth - 1).type }, value: [] };
  if (kind === 9) return { type: { type: 'map', values: randomType(pick, names, depth - 1).type }, value: {} };
  if (kind === 10)
    return {
      type: { type: 'enum', name, symbols: ['A', 'B', 'C'].slice(0, 1 + pick(3)), ...(pick(2) ? { default: 'A' } : {}) },
      value: 'A',
    };
  if (kind === 11) return { type: { type: 'fixed', name, size: 2 }, value: 'ab' };
  if (kind === 12) return randomUnion(pick, names, depth);
  return randomRecord(pick, names, depth - 1);
}

function randomUnion(pick: Pick, names: { count: number }, depth: number): Made {
  const branches = new Map<string, Made>();
  for (let index = 0; index <= 1 + pick(2); index++) {
    const made = randomType(pick, names, depth - 1);
    if (!Array.isArray(made.type)) branches.set(keyOf(made.type), made);
  }
  if (branches.size === 0) branches.set('null', { type: 'null', value: null });
  const all = [...branches.values()];
  return { type: all.map(each => each.type), value: all[0]?.value as Json };
}

const keyOf = (type: Json): string => {
  if (typeof type === 'string') return type;
  const { name, type: kind } = type as { name?: string; type: string };
  return name ?? kind;
};

export function randomRecord(pick: Pick, names: { count: number }, depth: number): Made {
  const name = `N${names.count++}`;
  const fields: Json[] = [];
  const value: Record<string, Json> = {};
  for (let index = 0; index < 1 + pick(4); index++) {
    const made = randomType(pick, names, depth);
    fields.push({ name: `f${index}`, type: made.type, ...(pick(3) === 0 ? { default: made.value } : {}) });
    value[`f${index}`] = made.value;
  }
  return { type: { type: 'record', name, fields }, value };
}

/** The same type with a few random changes, harmless and harmful ones. */
export function changed(type: Json, pick: Pick, names: { count: number }): Json {
  if (typeof type === 'string') {
    const up = wider[type];
    if (up !== undefined && pick(4) === 0) return up[pick(up.length)] as string;
    return pick(12) === 0 && type !== 'null' ? ['null', type] : pick(30) === 0 ? (plain[pick(8)]?.[0] as string) : type;
  }
  if (Array.isArray(type)) return changedUnion(type, pick, names);
  const { type: kind } = type as { type: string };
  const object = type as Record<string, Json>;
  if (kind === 'array') return { ...object, items: changed(object.items as Json, pick, names) };
  if (kind === 'map') return { ...object, values: changed(object.values as Json, pick, names) };
  if (kind === 'enum') {
    const count = 1 + pick(3);
    return pick(3) === 0 ? { ...object, symbols: ['A', 'B', 'C'].slice(0, count) } : object;
  }
  if (kind === 'fixed') return pick(15) === 0 ? { ...object, size: 3 } : object;
  return changedRecord(object, pick, names);
}

function changedUnion(type: readonly Json[], pick: Pick, names: { count: number }): Json {
  const branches = new Map<string, Json>();
  for (const each of type) {
    const next = changed(each, pick, names);
    if (!Array.isArray(next) && !branches.has(keyOf(next))) branches.set(keyOf(next), next);
  }
  if (pick(5) === 0) branches.set('string', 'string');
  if (pick(10) === 0 && branches.size > 1) branches.delete([...branches.keys()][0] as string);
  return branches.size === 0 ? ['null'] : [...branches.values()];
}

function changedRecord(object: Record<string, Json>, pick: Pick, names: { count: number }): Json {
  const fields: Json[] = [];
  for (const each of object.fields as Record<string, Json>[]) {
    if (pick(10) === 0) continue;
    const next: Record<string, Json> = { ...each, type: changed(each.type as Json, pick, names) };
    if (JSON.stringify(next.type) !== JSON.stringify(each.type)) delete next.default;
    if (pick(12) === 0) Object.assign(next, { name: `${each.name as string}x`, ...(pick(2) ? { aliases: [each.name] } : {}) });
    fields.push(next);
  }
  if (pick(3) === 0) {
    const made = randomType(pick, names, 1);
    fields.push({ name: `g${names.count++}`, type: made.type, ...(pick(4) ? { default: made.value } : {}) });
  }
  return { ...object, fields };
}
