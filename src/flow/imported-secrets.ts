import { Fault } from '#model/fault.ts';
import type { JsonObject } from '#model/json.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Discovery } from './discover.ts';
import type { Outside } from './outside.ts';

/** Puts the secrets of what was found where its documents look for them: into the store `local`. What stands there under the same key with another value is refused. */
export async function keepSecrets(outside: Outside, { secrets }: Discovery): Promise<void> {
  if (secrets.size === 0) return;
  const local = outside.secrets()('local');
  const standing = await local.getAll([...secrets.keys()]);
  const other = [...standing].find(([key, value]) => value.reveal() !== secrets.get(key)?.reveal());
  if (other !== undefined)
    throw new Fault('secrets/taken', `The store \`local\` has another secret under \`${other[0]}\`.`, {
      remedy: 'Remove or rename it, then import again.',
    });
  await local.putAll(secrets);
}

/** Its secrets below the name of who owns it, and apart from those of other environments and clusters: where only the owner may write. */
export function withOwnSecrets(
  { name, spec, secrets }: { name: string; spec: JsonObject; secrets?: ReadonlyMap<string, Redacted> },
  folder: string,
  kept: Map<string, Redacted>,
): { name: string; spec: JsonObject } {
  let text = JSON.stringify(spec);
  for (const [key, value] of secrets ?? []) {
    kept.set(`${folder}/${key}`, value);
    text = text.replaceAll(`\${secret.local.${key}}`, () => `\${secret.local.${folder}/${key}}`);
  }
  return { name, spec: JSON.parse(text) as JsonObject };
}
