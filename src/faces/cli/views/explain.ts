import { nearest } from '#flow/nearest.ts';
import type { Kind } from '#kinds/kind.ts';
import { Usage } from '../usage.ts';
import type { Paint } from './paint.ts';

type Schema = Readonly<Record<string, unknown>>;
const objectOf = (value: unknown): Schema | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined;

/** A schema's type in words: `text`, `list of text`, `one of a, b`, `mapping`. */
function typeText(schema: Schema): string {
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) return [...new Set(union.map(each => typeText(objectOf(each) ?? {})))].join(' or ');
  if (schema.type === 'array') return `list of ${typeText(objectOf(schema.items) ?? {})}`;
  if (schema.type === 'object')
    return objectOf(schema.additionalProperties) === undefined
      ? 'mapping'
      : `mapping of ${typeText(objectOf(schema.additionalProperties) ?? {})}`;
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'whole number',
    boolean: 'true or false',
    number: 'number',
  };
  return names[String(schema.type)] ?? 'any value';
}

/** Shapes that a value of this schema can have: its own, each of a union's, a list's items. */
function shapes(schema: Schema): Schema[] {
  const union = [schema.anyOf, schema.oneOf, schema.allOf].flatMap(each => (Array.isArray(each) ? each : []));
  const inner = [...union, schema.items].map(objectOf).filter(each => each !== undefined);
  return [schema, ...inner.flatMap(shapes)];
}

/** The fields below a field, whatever stands between: a union, a list. One that several shapes of a union have is any of theirs. */
function fieldsOf(schema: Schema): Schema {
  const found = new Map<string, Schema[]>();
  for (const shape of shapes(schema))
    for (const [name, value] of Object.entries(objectOf(shape.properties) ?? {}))
      found.set(name, [...(found.get(name) ?? []), objectOf(value) ?? {}]);
  return Object.fromEntries([...found].map(([name, all]) => [name, united(all)]));
}

function united(all: readonly Schema[]): Schema {
  const [first = {}, ...others] = [...new Map(all.map(each => [JSON.stringify(each), each])).values()];
  if (others.length === 0) return first;
  const words = new Set([first, ...others].map(each => each.description).filter(each => each !== undefined));
  return { anyOf: [first, ...others], ...(words.size === 0 ? {} : { description: [...words].join(' Or: ') }) };
}

/** What a mapping holds under names of one's own choice. */
const valueOf = (schema: Schema): Schema | undefined =>
  shapes(schema)
    .map(each => objectOf(each.additionalProperties))
    .find(each => each !== undefined && Object.keys(each).length > 0);

/** The fields of an object schema, one line each, nested ones indented. */
export function fieldLines(schema: Schema, paint: Paint, depth = 1): string[] {
  // Of a union, a field is required where every shape that has fields requires it.
  const objects = shapes(schema).filter(each => objectOf(each.properties) !== undefined);
  const required = { has: (name: string) => objects.every(each => Array.isArray(each.required) && each.required.includes(name)) };
  return Object.entries(fieldsOf(schema)).flatMap(([name, value]) => {
    const field = objectOf(value) ?? {};
    const need = required.has(name) ? paint.care(' required') : '';
    const fallback = field.default === undefined ? '' : paint.faint(` default ${JSON.stringify(field.default)}`);
    const indent = '  '.repeat(depth);
    const described = typeof field.description === 'string' ? [`${indent}    ${field.description}`] : [];
    return [
      `${indent}${paint.strong(name)}  ${paint.faint(typeText(field))}${need}${fallback}`,
      ...described,
      ...fieldLines(field, paint, depth + 1),
      ...fieldLines(valueOf(field) ?? {}, paint, depth + 1),
    ];
  });
}

export const explainKind = (kind: Kind, schema: Schema, paint: Paint): string =>
  [
    paint.strong(kind.name),
    `  ${kind.description}`,
    `  Written by ${kind.writtenBy === 'platform' ? 'the platform' : 'tenants and the platform'}; lives ${kind.lives === 'cluster' ? 'on each of its clusters' : `once per ${kind.lives}`}.`,
    '',
    'spec',
    ...fieldLines(schema, paint),
  ].join('\n');

/** The schema of one field by its path, and how to say it. Throws a `Usage` that names the fields there are. */
export function explainField(schema: Schema, path: readonly string[]) {
  let current = schema;
  path.forEach((step, index) => {
    const properties = fieldsOf(current);
    const next = objectOf(properties[step]) ?? valueOf(current);
    if (next === undefined) {
      const close = nearest(step, Object.keys(properties));
      const meant = close === undefined ? '.' : `; did you mean \`${close}\`?`;
      throw new Usage(
        `There is no field \`${path.slice(0, index + 1).join('.')}\`${meant} Fields here: ${Object.keys(properties).join(', ') || 'none'}.`,
      );
    }
    current = next;
  });
  const found = current;
  return {
    schema: found,
    text: (kind: Kind, paint: Paint): string =>
      [
        `${paint.strong(`${kind.name}.${path.join('.')}`)}  ${paint.faint(typeText(found))}`,
        ...(typeof found.description === 'string' ? [`  ${found.description}`] : []),
        ...(found.default === undefined ? [] : [`  Default: ${JSON.stringify(found.default)}`]),
        ...fieldLines(found, paint),
        ...fieldLines(valueOf(found) ?? {}, paint),
      ].join('\n'),
  };
}
