import { below, consequence, type Finding, hasCertain } from '../findings.ts';
import { isObject, sortedJson, type Value, type ValueObject } from '../json-text.ts';
import { maxReasons } from '../limits.ts';
import type { Walk } from './compare.ts';
import { listOf, mapOf, takesAll } from './model.ts';
import { counted, limitFindings } from './scalars.ts';

export function objectFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  return [
    ...requiredFindings(walk, reader, writer),
    ...propertyFindings(walk, reader, writer),
    ...restFindings(walk, reader, writer),
    ...dependencyFindings(walk, reader, writer),
    ...limitFindings(walk, counted(reader, writer, 'maxProperties'), 1),
    ...limitFindings(walk, counted(reader, writer, 'minProperties'), -1),
  ];
}

/** What a schema says of properties that it does not name: true, false or a schema; patterns are never run, so with them it is not known. */
const restOf = (schema: ValueObject): Value => schema.additionalProperties ?? true;
const hasPatterns = (schema: ValueObject): boolean => Object.keys(mapOf(schema.patternProperties)).length > 0;

function requiredFindings({ sides, tell }: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const had = new Set(listOf(writer.required));
  const properties = mapOf(reader.properties);
  return listOf(reader.required)
    .filter(name => !had.has(name))
    .map(name => [name as string, Object.hasOwn(properties, name as string) ? properties[name as string] : undefined] as const)
    .filter(([, property]) => !(isObject(property) && property.default !== undefined))
    .slice(0, maxReasons)
    .map(([name]) => ({
      ...tell(
        'property-required',
        `is required in the ${sides.reader} schema, not in the ${sides.writer} one, and has no default: ${consequence(sides)} without it`,
      ),
      path: name,
    }));
}

function propertyFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const [to, from] = [mapOf(reader.properties), mapOf(writer.properties)];
  const findings: Finding[] = [];
  for (const name of new Set([...Object.keys(to), ...Object.keys(from)])) {
    if (findings.length >= maxReasons) break;
    const [r, w] = [Object.hasOwn(to, name) ? to[name] : undefined, Object.hasOwn(from, name) ? from[name] : undefined];
    if (r !== undefined && w !== undefined) findings.push(...below(name, walk.accepts(r, w)));
    else if (w !== undefined) findings.push(...below(name, withoutProperty(walk, reader, w)));
    else if (r !== undefined) findings.push(...below(name, newProperty(walk, writer, r)));
  }
  return findings;
}

/** The reader does not name a property that the writer writes: its rule for other properties decides. */
function withoutProperty(walk: Walk, reader: ValueObject, property: Value): readonly Finding[] {
  const { sides, tell, doubt } = walk;
  if (hasPatterns(reader))
    return [doubt('pattern-properties', `is not named in the ${sides.reader} schema, whose patterns for names are not run`)];
  const rest = restOf(reader);
  if (rest !== false) return walk.accepts(rest, property);
  if (property === false) return [];
  return [
    tell(
      'property-missing',
      `is not in the ${sides.reader} schema, which allows no further properties: ${consequence(sides)} with it`,
    ),
  ];
}

/** The reader names a property that the writer does not: the writer's rule for other properties says what may stand there. */
function newProperty(walk: Walk, writer: ValueObject, property: Value): readonly Finding[] {
  const { sides, tell, doubt } = walk;
  if (hasPatterns(writer))
    return [doubt('pattern-properties', `is not named in the ${sides.writer} schema, whose patterns for names are not run`)];
  const rest = restOf(writer);
  if (!takesAll(rest)) return walk.accepts(property, rest);
  if (takesAll(property)) return [];
  if (!hasCertain(walk.accepts(property, rest))) return walk.accepts(property, rest);
  const remedy = '`additionalProperties: false` there would rule that out';
  return [
    tell(
      'property-added-to-open',
      `is new in the ${sides.reader} schema, and the ${sides.writer} one allows any value under that name (${remedy}): ${consequence(sides)}`,
    ),
  ];
}

function restFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const { sides, tell, doubt } = walk;
  const [to, from] = [restOf(reader), restOf(writer)];
  const [patterns, written] = [mapOf(reader.patternProperties), mapOf(writer.patternProperties)];
  const findings: Finding[] = [];
  for (const [pattern, schema] of Object.entries(patterns)) {
    if (Object.hasOwn(written, pattern)) findings.push(...below('[*]', walk.accepts(schema, written[pattern] as Value)));
    else if (from !== false || Object.keys(written).length > 0)
      findings.push(
        doubt('pattern-properties', `has properties by pattern in the ${sides.reader} schema alone; patterns are not compared`),
      );
  }
  const dropped = Object.keys(written).some(each => !Object.hasOwn(patterns, each));
  if (dropped && !takesAll(to))
    findings.push(
      doubt('pattern-properties', `has properties by pattern in the ${sides.writer} schema alone; patterns are not compared`),
    );
  if (to === false && from !== false)
    findings.push(
      tell(
        'properties-closed',
        `allows further properties in the ${sides.writer} schema, not in the ${sides.reader} one: ${consequence(sides)} with some`,
      ),
    );
  else if (from !== false && !takesAll(to)) findings.push(...below('[*]', walk.accepts(to, from)));
  return findings;
}

/** `dependentRequired` and the lists of `dependencies`; what a property's presence asks of the whole object is not compared. */
function dependencyFindings({ sides, tell, doubt }: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const findings: Finding[] = [];
  const before = { ...mapOf(writer.dependencies), ...mapOf(writer.dependentRequired) };
  for (const [name, asked] of Object.entries({ ...mapOf(reader.dependencies), ...mapOf(reader.dependentRequired) })) {
    const had = Object.hasOwn(before, name) ? before[name] : undefined;
    if (had !== undefined && sortedJson(had) === sortedJson(asked)) continue;
    const more = listOf(asked).filter(each => !listOf(had).includes(each));
    const rest = `asks for more beside it in the ${sides.reader} schema`;
    if (!Array.isArray(asked)) findings.push({ ...doubt('dependency-added', `${rest}, which is not compared`), path: name });
    else if (more.length > 0)
      findings.push({
        ...tell('dependency-added', `${rest} (${more.map(each => `\`${String(each)}\``).join(', ')}): ${consequence(sides)}`),
        path: name,
      });
  }
  return findings;
}
