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
  if (Array.isArray(union)) return union.map(each => typeText(objectOf(each) ?? {})).join(' or ');
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

/** The fields of an object schema, one line each, nested ones indented. */
export function fieldLines(schema: Schema, paint: Paint, depth = 1): string[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(objectOf(schema.properties) ?? {}).flatMap(([name, value]) => {
    const field = objectOf(value) ?? {};
    const need = required.has(name) ? paint.care(' required') : '';
    const fallback = field.default === undefined ? '' : paint.faint(` default ${JSON.stringify(field.default)}`);
    const indent = '  '.repeat(depth);
    const described = typeof field.description === 'string' ? [`${indent}    ${field.description}`] : [];
    return [
      `${indent}${paint.strong(name)}  ${paint.faint(typeText(field))}${need}${fallback}`,
      ...described,
      ...(objectOf(field.properties) === undefined ? [] : fieldLines(field, paint, depth + 1)),
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
    const properties = objectOf(current.properties) ?? {};
    const next =
      objectOf(properties[step]) ??
      objectOf(current.additionalProperties) ??
      objectOf(objectOf(current.items)?.properties)?.[step];
    if (objectOf(next) === undefined)
      throw new Usage(
        `There is no field \`${path.slice(0, index + 1).join('.')}\`. Fields here: ${Object.keys(properties).join(', ') || 'none'}.`,
      );
    current = objectOf(next) as Schema;
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
      ].join('\n'),
  };
}
