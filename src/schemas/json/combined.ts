import { consequence, type Finding, hasCertain } from '../findings.ts';
import { isObject, sortedJson, type Value, type ValueObject } from '../json-text.ts';
import { ownFindings, type Walk } from './compare.ts';
import { listOf, typesOf, without } from './model.ts';

type Findings = readonly Finding[];

/**
 * The whole of two schemas: what they say themselves and what they combine. By the published rules a choice may gain branches and a conjunction may lose
 * parts; each branch of the writer's choice must find one in the reader's that takes it.
 */
export function combinedFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Findings {
  return [
    ...uncombinedFindings(walk, reader, writer),
    ...listOf(reader.allOf).flatMap(part => partFindings(walk, part, writer)),
    ...(['anyOf', 'oneOf'] as const).flatMap(kind => choiceFindings(walk, { kind, reader, writer })),
    ...notFindings(walk, reader, writer),
  ];
}

/** The first that takes everything, else the first that may; undefined when none does. Looks no further than it has to. */
function best(candidates: readonly Value[], look: (candidate: Value) => Findings): Findings | undefined {
  let uncertain: Findings | undefined;
  for (const each of candidates) {
    const found = look(each);
    if (found.length === 0) return found;
    if (!hasCertain(found)) uncertain ??= found;
  }
  return uncertain;
}

/** What the writer's choices come to when each branch must be taken: the first failing branch, or all doubts. */
const everyBranch = (branches: readonly Value[], look: (branch: Value) => Findings): Findings => {
  const found = branches.map(look);
  return found.find(hasCertain) ?? found.flat();
};

const choicesOf = (writer: ValueObject): readonly (readonly Value[])[] =>
  [listOf(writer.anyOf), listOf(writer.oneOf)].filter(each => each.length > 0);

/** Kept by the writer's own keywords, by a part of its `allOf`, or by all branches of one of its choices. */
function takenBy(walk: Walk, reader: Value, writer: ValueObject): Findings | undefined {
  const part = best(listOf(writer.allOf), each => walk.accepts(reader, each));
  if (part !== undefined) return part;
  const choices = choicesOf(writer).map(branches => everyBranch(branches, each => walk.accepts(reader, each)));
  return choices.find(each => each.length === 0) ?? choices.find(each => !hasCertain(each)) ?? choices[0];
}

function uncombinedFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Findings {
  const own = ownFindings(walk, reader, writer);
  return hasCertain(own) ? (takenBy(walk, bare(reader), writer) ?? own) : own;
}

const bareForms = new WeakMap<ValueObject, ValueObject>();

/** A schema without what it combines. */
function bare(schema: ValueObject): ValueObject {
  const known = bareForms.get(schema) ?? without(schema, ['allOf', 'anyOf', 'oneOf', 'not']);
  bareForms.set(schema, known);
  return known;
}

function partFindings(walk: Walk, part: Value, writer: ValueObject): Findings {
  const whole = walk.accepts(part, writer);
  return hasCertain(whole) ? (best(listOf(writer.allOf), each => walk.accepts(part, each)) ?? whole) : whole;
}

interface Choice {
  readonly kind: 'anyOf' | 'oneOf';
  readonly reader: ValueObject;
  readonly writer: ValueObject;
}

function choiceFindings(walk: Walk, { kind, reader, writer }: Choice): Findings {
  const to = listOf(reader[kind]);
  if (to.length === 0) return [];
  const { sides, tell } = walk;
  const taken = (value: Value): Findings | undefined => best(to, each => walk.accepts(each, value));
  const whole = best([writer, ...listOf(writer.allOf)], each => taken(each) ?? [tell('combined-narrowed', '')]);
  if (whole !== undefined) return [...whole, ...overlap(walk, { kind, reader, writer })];
  const choices = choicesOf(writer);
  if (choices.length === 0)
    return [
      tell(
        'combined-narrowed',
        `is a choice in the ${sides.reader} schema, and none of its branches takes what the ${sides.writer} one allows: ${consequence(sides)}`,
      ),
    ];
  const any = kind === 'oneOf' && writer.oneOf === undefined && (choices[0]?.length ?? 0) > 1;
  if (any)
    return [
      tell(
        'combined-narrowed',
        `is any of several schemas in the ${sides.writer} schema and exactly one of them in the ${sides.reader} one: ${consequence(sides)} that fit two`,
      ),
    ];
  const results = choices.map(branches =>
    everyBranch(branches, each => {
      const number = branches.indexOf(each) + 1;
      const lost = `has a choice (number ${number}) in the ${sides.writer} schema that none of the ${sides.reader} one's takes: ${consequence(sides)} of that kind`;
      return taken(each) ?? [tell('combined-narrowed', lost)];
    }),
  );
  const found = results.find(each => each.length === 0) ?? results.find(each => !hasCertain(each)) ?? (results[0] as Findings);
  return [...found, ...overlap(walk, { kind, reader, writer })];
}

/** Exactly one branch may take a value. The published rules do not look for a second one; where we see one, we say so. Objects are taken to be told apart by what they hold. */
function overlap(walk: Walk, { kind, reader, writer }: Choice): Findings {
  if (kind !== 'oneOf' || (writer.oneOf !== undefined && sortedJson(writer.oneOf) === sortedJson(reader.oneOf as Value)))
    return [];
  const branches = listOf(reader.oneOf).slice(0, 50);
  const takes = (branch: Value, value: Value): boolean => walk.accepts(branch, value).length === 0;
  const twice = [writer, ...listOf(writer.oneOf).slice(0, 50)].some(value => {
    const first = branches.findIndex(each => takes(each, value));
    return (
      first >= 0 && branches.some((each, index) => index !== first && (takes(each, value) || shareScalars(walk, each, value)))
    );
  });
  if (!twice) return [];
  return [
    walk.doubt(
      'combined-overlap',
      `may fit more than one branch of its \`oneOf\` in the ${walk.sides.reader} schema, which wants exactly one`,
    ),
  ];
}

const scalars = ['string', 'number', 'integer', 'boolean', 'null'];

/** Are there texts, numbers and the like that both may take? Known only of schemas that name their types. */
function shareScalars({ follow }: Walk, branch: Value, value: Value): boolean {
  const [one, other] = [branch, value].map(each => {
    const schema = follow(each);
    const types = isObject(schema) ? (typesOf(schema) ?? []) : [];
    return types.filter(type => scalars.includes(type)).map(type => (type === 'integer' ? 'number' : type));
  }) as [string[], string[]];
  return one.some(each => other.includes(each));
}

/** A smaller `not` refuses less. */
function notFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Findings {
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
