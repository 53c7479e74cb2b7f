import { below, consequence, type Finding, hasCertain, type Sides } from '../findings.ts';
import { maxReasons } from '../limits.ts';
import { PairMemo } from '../pair-memo.ts';
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
  readonly memo: PairMemo<AvroType>;
}

/**
 * Why a reader with one schema cannot read what a writer with the other has written. Never throws; what is too large to judge is one uncertain finding.
 * Two named types match by their names without namespaces, as the specification says.
 */
export function resolveAvro(reader: AvroSchema, writer: AvroSchema, sides: Sides): readonly Finding[] {
  return resolve({ sides, memo: new PairMemo() }, reader.root, writer.root);
}

function resolve(walk: Walk, reader: AvroType, writer: AvroType): readonly Finding[] {
  if (reader === writer) return [];
  return isNamed(reader) && isNamed(writer)
    ? walk.memo.judge(reader, writer, () => named(walk, reader, writer))
    : walk.memo.bounded(() => unnamed(walk, reader, writer));
}

function unnamed(walk: Walk, reader: AvroType, writer: AvroType): readonly Finding[] {
  if (writer.kind === 'union') return writer.branches.flatMap(branch => fromBranch(walk, reader, branch)).slice(0, maxReasons);
  if (reader.kind === 'union') return intoUnion(walk, reader, writer);
  if (reader.kind === 'array' && writer.kind === 'array') return below('[]', resolve(walk, reader.items, writer.items));
  if (reader.kind === 'map' && writer.kind === 'map') return below('[*]', resolve(walk, reader.values, writer.values));
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

function fromBranch(walk: Walk, reader: AvroType, branch: AvroType): readonly Finding[] {
  const findings = resolve(walk, reader, branch);
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
function intoUnion(walk: Walk, reader: AvroUnion, writer: AvroType): readonly Finding[] {
  let meant: readonly Finding[] | undefined;
  let uncertain: readonly Finding[] | undefined;
  for (const branch of reader.branches) {
    const findings = resolve(walk, branch, writer);
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

function named(walk: Walk, reader: NamedType, writer: NamedType): readonly Finding[] {
  const { sides } = walk;
  if (reader.kind !== writer.kind) return [typeChanged(walk, reader, writer)];
  if (!sameName(reader, writer)) {
    const say = (place: string): string =>
      `${place}: ${writer.kind} \`${writer.name}\` of the ${sides.writer} schema is \`${reader.name}\` in the ${sides.reader} one, without an alias: ${consequence(sides)}`;
    return [{ code: 'name-changed', path: '', certain: true, say }];
  }
  if (reader.kind === 'enum') return symbols(reader, writer as AvroEnum, sides);
  if (reader.kind === 'fixed') return [...size(reader, writer as AvroFixed, sides), ...logicalFindings(reader, writer, sides)];
  return fields(walk, reader, writer as AvroRecord);
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

function fields(walk: Walk, reader: AvroRecord, writer: AvroRecord): readonly Finding[] {
  const written = new Map(writer.fields.map(each => [each.name, each]));
  const findings: Finding[] = [];
  for (const field of reader.fields) {
    if (findings.length >= maxReasons) break;
    const source = written.get(field.name) ?? field.aliases.map(alias => written.get(alias)).find(each => each !== undefined);
    if (source !== undefined) findings.push(...below(field.name, resolve(walk, field.type, source.type)));
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
