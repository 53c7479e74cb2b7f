import { isJsonObject, type JsonObject } from '#model/json.ts';
import type { Path } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { provenance } from '#model/resource.ts';
import { withDefaults } from './merge-patch.ts';
import type { Draft } from './overlays.ts';
import { composing } from './problems.ts';

const keyOf = (kind: string, tenant: string | null, name: string): string => `${kind}/${tenant ?? ''}/${name}`;

/** Documents that others may name as templates: those of one's own tenant, else the platform's. */
export const templatesIn = (drafts: readonly Draft[]): ReadonlyMap<string, Draft> =>
  new Map(drafts.map(draft => [keyOf(draft.kind.name, draft.tenant, draft.name), draft]));

/**
 * Lays the template that the document (or its default) names below the document. Where the template lists `overridable`, a document may
 * set nothing else that the template sets; without the list it may set everything.
 */
export function applyTemplate(
  draft: Draft,
  templates: ReadonlyMap<string, Draft>,
  defaults: JsonObject | undefined,
  problems: Problem[],
): Draft {
  const rule = draft.kind.template;
  const named = rule === undefined ? undefined : (draft.spec[rule.field] ?? defaults?.[rule.field]);
  if (rule === undefined || typeof named !== 'string') return draft;
  const subject = { tenant: draft.tenant, kind: draft.kind.name, name: draft.name };
  const template = templates.get(keyOf(rule.kind, draft.tenant, named)) ?? templates.get(keyOf(rule.kind, null, named));
  if (template === undefined) {
    const [at] = provenance(draft, [rule.field]);
    problems.push(
      composing('missing-template', {
        message: `There is no ${rule.kind} \`${named}\`.`,
        ...(at === undefined ? {} : { at }),
        tenant: draft.tenant,
        subject,
      }),
    );
    return draft;
  }
  if (rule.part !== undefined) return layPart(draft, template, rule.part);
  const { overridable, ...filled } = template.spec;
  if (Array.isArray(overridable))
    for (const path of leaves(filled)) {
      if (!sets(draft.spec, path) || overridable.includes(path.join('.'))) continue;
      const [at, ...related] = provenance(draft, path);
      problems.push(
        composing('not-overridable', {
          message: `Template \`${named}\` sets \`${path.join('.')}\` and lets only ${overridable.join(', ') || 'nothing'} be changed.`,
          ...(at === undefined ? {} : { at }),
          related: [...related, ...provenance(template, path)],
          tenant: draft.tenant,
          subject,
        }),
      );
    }
  return {
    ...draft,
    spec: withDefaults(draft.spec, filled),
    layers: [{ ...(template.layers.at(-1) as Draft['layers'][number]), spec: filled }, ...draft.layers],
  };
}

/** A part of the template below a part of the document; each of the template's own documents stays visible as the origin of its values. */
function layPart(draft: Draft, template: Draft, { of, below }: { of: string; below: string }): Draft {
  const part = template.spec[of];
  if (!isJsonObject(part)) return draft;
  const layers = template.layers.flatMap(layer => {
    const own = layer.spec[of];
    return isJsonObject(own) ? [{ ...layer, root: [...layer.root, of], below: [below], spec: { [below]: own } }] : [];
  });
  return { ...draft, spec: withDefaults(draft.spec, { [below]: part }), layers: [...layers, ...draft.layers] };
}

const leaves = (value: JsonObject, above: Path = []): Path[] =>
  Object.entries(value).flatMap(([key, member]) => (isJsonObject(member) ? leaves(member, [...above, key]) : [[...above, key]]));

function sets(spec: JsonObject, path: Path): boolean {
  let value: unknown = spec;
  for (const step of path) value = isJsonObject(value) ? value[step] : undefined;
  return value !== undefined;
}
