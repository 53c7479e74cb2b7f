import type { ReportAt } from '#kinds/kind.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { Path } from '#model/position.ts';
import { hasSecretShape } from '#model/secret-shapes.ts';

/** What stands in every output instead of a secret that somebody wrote in clear. The document has an error, so it is never applied. */
export const hiddenText = '(hidden: a secret in clear)';

/** Passes reports on, and keeps the places of those that say a secret stands there. */
export function hearingSecrets(report: ReportAt): { hearing: ReportAt; hidden: readonly Path[] } {
  const hidden: Path[] = [];
  const hearing: ReportAt = (make, path, message, extra) =>
    report(
      details => {
        const problem = make(details);
        if (problem.hides === true) hidden.push(path);
        return problem;
      },
      path,
      message,
      extra,
    );
  return { hearing, hidden };
}

/** Where texts stand that are a secret by their shape now that variables are filled in, but for those known already. What documents hold themselves was hidden when they were read. */
export const filledSecrets = (spec: JsonObject, known: readonly Path[]): Path[] => {
  if (!holdsShape(spec)) return [];
  const told = new Set(known.map(path => JSON.stringify(path)));
  return shapedPaths(spec, []).filter(path => !told.has(JSON.stringify(path)));
};

const holdsShape = (value: Json): boolean =>
  typeof value === 'string'
    ? hasSecretShape(value)
    : typeof value === 'object' && value !== null && Object.values(value).some(holdsShape);

function shapedPaths(value: Json, path: Path): Path[] {
  if (typeof value === 'string') return hasSecretShape(value) ? [path] : [];
  const members = Array.isArray(value) ? [...value.entries()] : isJsonObject(value) ? Object.entries(value) : [];
  return members.flatMap(([key, member]) => shapedPaths(member, [...path, key]));
}

export const withoutSecrets = (spec: JsonObject, hidden: readonly Path[]): JsonObject =>
  hidden.reduce<Json>((value, path) => without(value, path), spec) as JsonObject;

function without(value: Json, [step, ...rest]: Path): Json {
  if (step === undefined) return hiddenText;
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? without(item, rest) : item));
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return value;
  return { ...value, [step]: without(value[step] as Json, rest) };
}
