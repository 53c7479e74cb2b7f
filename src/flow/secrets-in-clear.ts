import type { ReportAt } from '#kinds/kind.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { Path } from '#model/position.ts';

/** What stands in every output instead of a secret that somebody wrote in clear. The document has an error, so it is never applied. */
const hiddenText = '(hidden: a secret in clear)';

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

export const withoutSecrets = (spec: JsonObject, hidden: readonly Path[]): JsonObject =>
  hidden.reduce<Json>((value, path) => without(value, path), spec) as JsonObject;

function without(value: Json, [step, ...rest]: Path): Json {
  if (step === undefined) return hiddenText;
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? without(item, rest) : item));
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return value;
  return { ...value, [step]: without(value[step] as Json, rest) };
}
