import { below, consequence, type Finding, hasCertain, type Sides } from '../findings.ts';
import { maxDepth, maxReasons, maxSteps } from '../limits.ts';
import { logicalFindings } from './logical-change.ts';
import {
  type AvroEnum,
  type AvroField,
  type AvroFixed,
  type AvroRecord,
  type AvroSchema,
  type AvroType,
  type AvroUnion,
  isNamed,
  typeText,
  unqualified,
} from './model.ts';

/** Avro specification 1.12, "Schema Resolution": what a writer's primitive may be promoted to. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

interface Walk {
  readonly sides: Sides;
  /** What is known of a pair of types; a pair that is being looked at counts as readable, so that recursive types end. */
  readonly known: Map<AvroType, Map<AvroType, readonly Finding[]>>;
  /** Pairs held to be readable, in the order in which that was found: a failure around them makes those found since doubtful. */
  readonly readable: (readonly [reader: AvroType, writer: AvroType])[];
  steps: number;
}

/**
 * Why a reader with one schema cannot read what a writer with the other has written. Never throws; what is too large to judge is one uncertain finding.
 * Two named types match by their names without namespaces, as the specification says.
 */
export function resolveAvro(reader: AvroSchema, writer: AvroSchema, sides: Sides): readonly Finding[] {
  return resolve({ sides, known: new Map(), readable: [], steps: 0 }, reader.root, writer.root, 0);
}

const tooLarge: readonly Finding[] = [
  { code: 'too-large', path: '', certain: false, say: place => `${place} is too large or nested too deeply to be compared` },
];

function resolve(walk: Walk, reader: AvroType, writer: AvroType, depth: number): readonly Finding[] {
  if (reader === writer) return [];
  if (depth > maxDepth || ++walk.steps > maxSteps) return tooLarge;
  if (!isNamed(reader) || !isNamed(writer)) return unnamed(walk, reader, writer, depth);
  const pairs = walk.known.get(reader) ?? new Map<AvroType, readonly Finding[]>();
  walk.known.set(reader, pairs);
  const known = pairs.get(writer);
  if (known !== undefined) return known.slice(0, 1);
  const since = walk.readable.push([reader, writer]);
  pairs.set(writer, []);
  const findings = named(walk, reader, writer, depth);
  pairs.set(writer, findings);
  if (hasCertain(findings))
    for (const [r, w] of walk.readable.splice(since - 1)) if (w !== writer || r !== reader) walk.known.get(r)?.delete(w);
  return findings;
}

function unnamed(walk: Walk, reader: AvroType, writer: AvroType, depth: number): readonly Finding[] {
  if (writer.kind === 'union')
    return writer.branches.flatMap(branch => fromBranch(walk, reader, branch, depth)).slice(0, maxReasons);
  if (reader.kind === 'union') return intoUnion(walk, reader, writer, depth);
  if (reader.kind === 'array' && writer.kind === 'array')
    return below('[]', resolve(walk, reader.items, writer.items, depth + 1));
  if (reader.kind === 'map' && writer.kind === 'map') return below('[*]', resolve(walk, reader.values, writer.values, depth + 1));
  if (reader.kind !== writer.kind && promotions[writer.kind]?.includes(reader.kind) !== true)
    return [typeChanged(walk, reader, writer)];
  return logicalFindings(reader, writer, walk.sides);
}

const typeChanged = ({ sides }: Walk, reader: AvroType, writer: AvroType): Finding => ({
  code: 'type-changed',
  path: '',
  certain: true,
  say: place =>
    `${place} is ${typeText(writer)} in the ${sides.writer} schema and ${typeText(reader)} in the ${sides.reader} one: ${consequence(sides)}`,
});

function fromBranch(walk: Walk, reader: AvroType, branch: AvroType, depth: number): readonly Finding[] {
  const findings = resolve(walk, reader, branch, depth + 1);
  if (findings.length !== 1 || findings[0]?.path !== '' || findings[0].code !== 'type-changed') return findings;
  const { sides } = walk;
  return [
    {
      code: 'union-branch-missing',
      path: '',
      certain: true,
      say: place =>
        `${place} may hold ${typeText(branch)} in the ${sides.writer} schema, which the ${sides.reader} one (${typeText(reader)}) has no place for: ${consequence(sides)}`,
    },
  ];
}

/** Readable when one branch is; else the reasons of the branch that was meant (the same kind and name), or that there is none. */
function intoUnion(walk: Walk, reader: AvroUnion, writer: AvroType, depth: number): readonly Finding[] {
  let meant: readonly Finding[] | undefined;
  let uncertain: readonly Finding[] | undefined;
  for (const branch of reader.branches) {
    const findings = resolve(walk, branch, writer, depth + 1);
    if (findings.length === 0) return [];
    if (!hasCertain(findings)) uncertain ??= findings;
    else if (branch.kind === writer.kind && (!isNamed(branch) || !isNamed(writer) || sameName(branch, writer)))
      meant ??= findings;
  }
  return uncertain ?? meant ?? [typeChanged(walk, reader, writer)];
}

type NamedType = AvroRecord | AvroEnum | AvroFixed;

const sameName = (reader: NamedType, writer: NamedType): boolean =>
  unqualified(reader.name) === unqualified(writer.name) || reader.aliases.includes(writer.name);

function named(walk: Walk, reader: NamedType, writer: NamedType, depth: number): readonly Finding[] {
  const { sides } = walk;
  if (reader.kind !== writer.kind) return [typeChanged(walk, reader, writer)];
  if (!sameName(reader, writer)) {
    const say = (place: string): string =>
      `${place}: ${writer.kind} \`${writer.name}\` of the ${sides.writer} schema is \`${reader.name}\` in the ${sides.reader} one, without an alias: ${consequence(sides)}`;
    return [{ code: 'name-changed', path: '', certain: true, say }];
  }
  if (reader.kind === 'enum') return symbols(reader, writer as AvroEnum, sides);
  if (reader.kind === 'fixed') return [...size(reader, writer as AvroFixed, sides), ...logicalFindings(reader, writer, sides)];
  return fields(walk, reader, writer as AvroRecord, depth);
}

function symbols(reader: AvroEnum, writer: AvroEnum, sides: Sides): Finding[] {
  const kept = new Set(reader.symbols);
  const missing = writer.symbols.filter(each => !kept.has(each));
  if (missing.length === 0 || reader.default !== undefined) return [];
  const shown = `${missing
    .slice(0, 5)
    .map(each => `\`${each}\``)
    .join(', ')}${missing.length > 5 ? ', …' : ''}`;
  const say = (place: string): string =>
    `${place}: enum \`${reader.name}\` lacks ${shown} in the ${sides.reader} schema and has no default symbol: ${consequence(sides)} that hold it`;
  return [{ code: 'enum-symbol-missing', path: '', certain: true, say }];
}

function size(reader: AvroFixed, writer: AvroFixed, sides: Sides): Finding[] {
  if (reader.size === writer.size) return [];
  const say = (place: string): string =>
    `${place}: fixed \`${reader.name}\` has ${writer.size} bytes in the ${sides.writer} schema and ${reader.size} in the ${sides.reader} one: ${consequence(sides)}`;
  return [{ code: 'fixed-size-changed', path: '', certain: true, say }];
}

function fields(walk: Walk, reader: AvroRecord, writer: AvroRecord, depth: number): readonly Finding[] {
  const written = new Map(writer.fields.map(each => [each.name, each]));
  const findings: Finding[] = [];
  for (const field of reader.fields) {
    if (findings.length >= maxReasons) break;
    const source = written.get(field.name) ?? field.aliases.map(alias => written.get(alias)).find(each => each !== undefined);
    if (source !== undefined) findings.push(...below(field.name, resolve(walk, field.type, source.type, depth + 1)));
    else if (field.default === undefined) findings.push(withoutDefault(field, walk.sides));
  }
  return findings;
}

function withoutDefault(field: AvroField, sides: Sides): Finding {
  const change = sides.reader === 'new' ? 'is new and has no default' : 'is gone, and the old schema has no default for it';
  return {
    code: 'field-without-default',
    path: field.name,
    certain: true,
    say: place => `${place} ${change}: ${consequence(sides)}`,
  };
}
