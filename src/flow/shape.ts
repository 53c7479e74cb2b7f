import type { JsonObject } from '#model/json.ts';
import type { Manifest } from '#model/manifest.ts';
import { type Path, type Position, positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import type { Resource } from '#model/resource.ts';
import { provenance } from '#model/resource.ts';
import type { KindRegistry } from './load.ts';
import { nearest } from './nearest.ts';
import { validating } from './problems.ts';

/** Kinds whose shape is checked as the frame is read. */
export const framed: ReadonlySet<string> = new Set(['Landscape', 'Environment', 'KafkaCluster', 'Tenant']);

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly errors?: readonly (readonly Issue[])[];
}

/** What does not fit the kind's shape, each with its place: of a whole manifest (frame), or of a composed spec. */
export function checkShape(source: Manifest | Resource, spec: JsonObject, kinds: KindRegistry): Problem[] {
  const kind = kinds.get(source.kind);
  const result = kind?.spec.safeParse(spec);
  if (result === undefined || result.success) return [];
  const subject =
    'metadata' in source
      ? { tenant: source.tenant, kind: source.kind, name: source.metadata.name }
      : { tenant: source.tenant, kind: source.kind, name: source.name };
  return (result.error.issues as unknown as Issue[])
    .flatMap(issue => describe(issue, []))
    .map(each => (each.code === 'unknown-field' ? { ...each, ...meant(kind?.spec, each.path) } : each))
    .map(({ code, path, message, hint }) => {
      const [at, ...related] = places(source, path);
      return validating(code, {
        message,
        ...(at === undefined ? {} : { at }),
        related,
        subject,
        tenant: source.tenant,
        ...(hint === undefined ? {} : { hint }),
      });
    });
}

const places = (source: Manifest | Resource, path: Path): Position[] =>
  'metadata' in source ? [positionOf(source.located, ['spec', ...path])] : provenance(source, path);

const plainTypes: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

interface Description {
  code: 'shape' | 'unknown-field' | 'missing-field';
  path: Path;
  message: string;
  hint?: string;
}

function describe(issue: Issue, above: Path): Description[] {
  const path = [...above, ...(issue.path as Path)];
  const where = path.length === 0 ? 'spec' : `spec.${path.join('.')}`;
  if (issue.code === 'unrecognized_keys')
    return (issue.keys ?? []).map(key => ({
      code: 'unknown-field',
      path: [...path, key],
      message: `\`${where}\` has no field \`${key}\`.`,
    }));
  if (issue.code === 'invalid_union' && issue.errors !== undefined) {
    const closest = issue.errors.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
    if (closest !== undefined && closest.some(each => each.path.length > 0 || each.code === 'unrecognized_keys'))
      return closest.flatMap(each => describe(each, path));
  }
  if (issue.code === 'invalid_union') {
    const takes = (issue.errors ?? []).flat().flatMap(each => each.expected ?? []);
    const words = [...new Set(takes)].map(each => plainTypes[each] ?? each).join(', ');
    if (words !== '') return [{ code: 'shape', path, message: `\`${where}\` takes one of: ${words}.` }];
  }
  if (issue.message.includes('received undefined'))
    return [{ code: 'missing-field', path, message: `\`${where}\` is missing: ${issue.message}.` }];
  return [{ code: 'shape', path, message: `\`${where}\`: ${issue.message}.` }];
}

/** The part of a schema of zod's that leads to its fields. */
interface Shaped {
  readonly shape?: Readonly<Record<string, Shaped>>;
  readonly def?: {
    readonly innerType?: Shaped;
    readonly element?: Shaped;
    readonly valueType?: Shaped;
    readonly options?: readonly Shaped[];
  };
}

/** The fields that a schema has, whatever stands around it; a union has those of all its parts. */
function fieldsOf({ shape, def }: Shaped): Readonly<Record<string, Shaped>> {
  const inner = [...(def?.options ?? []), def?.innerType].filter(each => each !== undefined);
  return shape ?? Object.assign({}, ...inner.map(fieldsOf));
}

const memberOf = (schema: Shaped, step: PropertyKey): Shaped | undefined => {
  const { innerType, element, valueType, options } = schema.def ?? {};
  const field = schema.shape?.[String(step)] ?? element ?? valueType;
  return field ?? [...(options ?? []), innerType].flatMap(each => (each === undefined ? [] : (memberOf(each, step) ?? [])))[0];
};

/** The field that an unknown one at `path` was perhaps meant to be; where none is near, all that there are. */
function meant(schema: unknown, path: Path): { hint?: string } {
  const above = path.slice(0, -1).reduce<Shaped | undefined>((at, step) => at && memberOf(at, step), schema as Shaped);
  const fields = Object.keys(above === undefined ? {} : fieldsOf(above));
  if (fields.length === 0) return {};
  const close = nearest(String(path.at(-1)), fields);
  return { hint: close === undefined ? `Fields here: ${fields.join(', ')}.` : `Did you mean \`${close}\`?` };
}

const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map(issue => issue.path.length));
