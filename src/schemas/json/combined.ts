import { consequence, type Finding, hasCertain } from '../findings.ts';
import { sortedJson, type Value, type ValueObject } from '../json-text.ts';
import { ownFindings, type Walk } from './compare.ts';
import { listOf, without } from './model.ts';

/** What a value must be one of. A schema with both `anyOf` and `oneOf` is judged by the first. */
const choices = (schema: ValueObject): readonly Value[] =>
  schema.anyOf === undefined ? listOf(schema.oneOf) : listOf(schema.anyOf);

/**
 * The whole of two schemas: what they say themselves and what they combine. By the published rules a choice may gain branches and a conjunction may lose
 * them; each branch of the old choice must find one in the new that takes it.
 */
export function combinedFindings(walk: Walk, reader: ValueObject, writer: ValueObject): readonly Finding[] {
  const findings = [...choiceFindings(walk, reader, writer), ...notFindings(walk, reader, writer)];
  for (const part of listOf(reader.allOf)) {
    const found = partFindings(walk, part, writer);
    findings.push(...found);
  }
  return [...withoutChoices(walk, reader, writer), ...findings];
}

/** The reader's own keywords may be kept by the writer's own, by a part of its `allOf`, or by all branches of its choice. */
function withoutChoices(walk: Walk, reader: ValueObject, writer: ValueObject): readonly Finding[] {
  const own = ownFindings(walk, reader, writer);
  if (!hasCertain(own)) return own;
  const alone = bare(reader);
  for (const part of listOf(writer.allOf)) if (!hasCertain(walk.accepts(alone, part))) return [];
  const branches = choices(writer);
  if (branches.length === 0) return own;
  const failing = branches.map(each => walk.accepts(alone, each)).find(hasCertain);
  return failing ?? [];
}

const bareForms = new WeakMap<ValueObject, ValueObject>();

/** A schema without what it combines. */
function bare(schema: ValueObject): ValueObject {
  const known = bareForms.get(schema);
  if (known !== undefined) return known;
  const rest = without(schema, ['allOf', 'anyOf', 'oneOf', 'not']);
  bareForms.set(schema, rest);
  return rest;
}

function partFindings(walk: Walk, part: Value, writer: ValueObject): readonly Finding[] {
  const whole = walk.accepts(part, writer);
  if (!hasCertain(whole)) return whole;
  const parts = listOf(writer.allOf);
  if (parts.some(each => !hasCertain(walk.accepts(part, each)))) return [];
  return whole;
}

function choiceFindings(walk: Walk, reader: ValueObject, writer: ValueObject): readonly Finding[] {
  const [to, from] = [choices(reader), choices(writer)];
  if (to.length === 0) return [];
  const taken = (value: Value): boolean => to.some(each => !hasCertain(walk.accepts(each, value)));
  const narrower = reader.oneOf !== undefined && reader.anyOf === undefined && writer.anyOf !== undefined && from.length > 1;
  const { sides, tell, doubt } = walk;
  if (narrower)
    return [
      tell(
        'combined-narrowed',
        `is any of several schemas in the ${sides.writer} schema and exactly one of them in the ${sides.reader} one: ${consequence(sides)} that fit two`,
      ),
    ];
  if (from.length > 0) {
    const lost = from.findIndex(each => !taken(each));
    if (lost === -1) return [];
    return [
      tell(
        'combined-narrowed',
        `has a choice (number ${lost + 1}) in the ${sides.writer} schema that none of the ${sides.reader} one's takes: ${consequence(sides)} of that kind`,
      ),
    ];
  }
  if (taken(writer) || listOf(writer.allOf).some(taken)) return [];
  const rest = `is a choice in the ${sides.reader} schema, and none of its branches takes what the ${sides.writer} one allows`;
  return [
    writer.allOf === undefined ? tell('combined-narrowed', `${rest}: ${consequence(sides)}`) : doubt('combined-narrowed', rest),
  ];
}

/** A smaller `not` refuses less. */
function notFindings(walk: Walk, reader: ValueObject, writer: ValueObject): readonly Finding[] {
  const { sides, tell, doubt } = walk;
  if (reader.not === undefined) return [];
  if (writer.not === undefined)
    return [doubt('not-compared', `has a \`not\` in the ${sides.reader} schema alone, which is not compared`)];
  const texts = [sortedJson(reader.not), sortedJson(writer.not)];
  // A circle through `not` would turn "counts as readable meanwhile" into its opposite.
  if (texts.some(each => each.includes('"$ref"')))
    return [doubt('not-compared', 'has a `not` with references, which is not compared')];
  if (walk.accepts(writer.not, reader.not).length === 0) return [];
  return [
    tell(
      'not-narrowed',
      `refuses other values by \`not\` in the ${sides.reader} schema than in the ${sides.writer} one: ${consequence(sides)}`,
    ),
  ];
}
