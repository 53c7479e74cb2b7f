import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';

/** RFC 7386: members of the patch replace, mappings merge, `null` removes, lists are replaced whole. Neither input is changed. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isJsonObject(value)) merged[key] = mergePatch(isJsonObject(merged[key]) ? merged[key] : {}, value);
    else merged[key] = value;
  }
  return merged;
}

/** What stands in `defaults` and not in `target`, mappings merged. */
export const withDefaults = (target: JsonObject, defaults: JsonObject): JsonObject => {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(defaults)) {
    const own: Json | undefined = merged[key];
    if (own === undefined) merged[key] = value;
    else if (isJsonObject(own) && isJsonObject(value)) merged[key] = withDefaults(own, value);
  }
  return merged;
};
