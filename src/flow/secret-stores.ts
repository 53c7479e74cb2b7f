import type { Kind, Surroundings } from '#kinds/kind.ts';
import type { Fact } from '#model/fact.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { Path } from '#model/position.ts';
import type { Resource } from '#model/resource.ts';
import {
  localStore,
  type SecretStoreSpec,
  type SecretStores,
  type StoreConsent,
  storeName,
  storeRefusal,
} from '#model/secret-store.ts';
import { absentMessage, type Composed } from './compose.ts';
import { platform, type References } from './references.ts';

/**
 * The SecretStores of an environment as its clusters are opened with them, by `storeName`. One that has a problem is not among them: nothing is asked of a
 * server, and no login sent to it, before its document stands.
 */
export function declaredStores({ declared, problems }: Composed): SecretStores {
  const wrong = new Set(
    problems.flatMap(({ subject, severity }) =>
      subject?.kind === 'SecretStore' && severity === 'error'
        ? [storeName({ tenant: subject.tenant ?? null, name: subject.name })]
        : [],
    ),
  );
  return new Map(
    declared
      .filter(each => each.kind === 'SecretStore' && !wrong.has(storeName(each)))
      .map(each => [storeName(each), each.spec as unknown as SecretStoreSpec]),
  );
}

/** The owners' consents that hold today, with the stores that they mean. */
function consentsIn(
  grants: readonly Extract<Fact, { fact: 'storeConsent' }>[],
  references: References,
  today: string,
): StoreConsent[] {
  return grants
    .filter(each => each.until === undefined || each.until >= today)
    .flatMap(({ from, to, stores }) =>
      stores.flatMap(name => {
        const { found } = references.find('SecretStore', name, from, null);
        return found === undefined ? [] : [{ from, to, store: storeName(found) }];
      }),
    );
}

/** Answers who may use which key of which store: `Surroundings.storeRefusal`. */
export function storeRefusals(
  references: References,
  today: string,
  grants: () => readonly Extract<Fact, { fact: 'storeConsent' }>[],
): Surroundings['storeRefusal'] {
  let consents: StoreConsent[] | undefined;
  return ({ tenant, store: name, key }) => {
    const store =
      name === localStore ? { tenant: null, name } : ownerIn(references.find('SecretStore', name, tenant, null).found);
    if (store === undefined) return undefined;
    consents ??= consentsIn(grants(), references, today);
    return storeRefusal({ tenant, store, key }, consents);
  };
}

function ownerIn(found: Resource | undefined) {
  if (found === undefined) return undefined;
  const { tenants } = found.spec as unknown as SecretStoreSpec;
  return { tenant: found.tenant, name: found.name, ...(Array.isArray(tenants) ? { tenants } : {}) };
}

interface Trouble {
  readonly code: 'foreign-reference' | 'missing-reference' | 'ambiguous-reference' | 'store-not-granted' | 'foreign-secret';
  readonly message: string;
}

/** Finds the store in `STORE.KEY` of a `${secret.STORE.KEY}`. Names of stores may hold dots, so the longest store that it can begin with is meant. */
function storeIn(composed: Composed): (inside: string) => string | undefined {
  const names = composed.declared
    .filter(each => each.kind === 'SecretStore')
    .flatMap(each => [each.name, `${each.tenant ?? platform}/${each.name}`]);
  const longest = [...new Set([localStore, ...names])].toSorted((a, b) => b.length - a.length);
  return inside => longest.find(each => inside.startsWith(`${each}.`));
}

/** Judges `STORE.KEY` as one tenant means it. */
export function secretVariables(composed: Composed, references: References, refusal: Surroundings['storeRefusal']) {
  const find = storeIn(composed);
  return (inside: string, tenant: string | null): Trouble | undefined => {
    const store = find(inside);
    if (store === undefined) return absentStore(composed, inside);
    const { candidates } = references.find('SecretStore', store, tenant, null);
    if (candidates.length > 1)
      return { code: 'ambiguous-reference', message: `SecretStore \`${store}\` could be ${candidates.join(' or ')}.` };
    const refused = refusal({ tenant, store, key: inside.slice(store.length + 1) });
    if (refused === undefined) return undefined;
    return { code: refused.code === 'foreign-key' ? 'foreign-secret' : 'store-not-granted', message: refused.message };
  };
}

/** The `storeName` that a tenant's word for a store leads to; the word itself where it leads nowhere. */
export const inFull =
  (references: References) =>
  (store: string, tenant: string | null): string => {
    const found = store === localStore ? undefined : references.find('SecretStore', store, tenant, null).found;
    return found === undefined ? store : storeName(found);
  };

/**
 * Names a tenant's store in full (`TENANT/NAME`) wherever a resource refers to it, so that whoever opens it later opens the one that was judged here,
 * and never the platform's of the same name.
 */
export function namingStores(composed: Composed, references: References): (resource: Resource, kind: Kind) => JsonObject {
  if (!composed.declared.some(each => each.kind === 'SecretStore' && each.tenant !== null)) return ({ spec }) => spec;
  const find = storeIn(composed);
  const full = (store: string, tenant: string | null): string => {
    const name = inFull(references)(store, tenant);
    return name.includes('/') ? name : store;
  };
  const inText = (text: string, tenant: string | null): string =>
    text.replaceAll(/\$\{secret\.([^}]+)\}/g, (whole, inside: string) => {
      const store = find(inside);
      return store === undefined ? whole : `\${secret.${full(store, tenant)}${inside.slice(store.length)}}`;
    });
  return ({ spec, tenant }, kind) => {
    const named = (kind.references?.(spec) ?? [])
      .filter(each => each.kind === 'SecretStore')
      .reduce((changed, { name, path }) => replacedAt(changed, path, full(name, tenant)) as JsonObject, spec);
    return mapTexts(named, text => (text.includes('${secret.') ? inText(text, tenant) : text)) as JsonObject;
  };
}

/** The value with another text at a path; the very same where nothing changes. */
function replacedAt(value: Json, [step, ...rest]: Path, text: string): Json {
  if (step === undefined) return text;
  const members = value as Record<string | number, Json>;
  const changed = replacedAt(members[step] as Json, rest, text);
  if (changed === members[step]) return value;
  return Array.isArray(value) ? value.with(Number(step), changed) : { ...(value as JsonObject), [step]: changed };
}

function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) {
    const mapped = value.map(each => mapTexts(each, map));
    return mapped.every((each, index) => each === value[index]) ? value : mapped;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, mapTexts(each, map)] as const);
  return entries.every(([key, each]) => each === value[key]) ? value : Object.fromEntries(entries);
}

function absentStore(composed: Composed, inside: string): Trouble {
  const elsewhere = [...composed.absent].find(([key]) => inside.startsWith(`${/^SecretStore\/(.+)$/.exec(key)?.[1] ?? '}'}.`));
  if (elsewhere !== undefined) return { code: 'foreign-reference', message: absentMessage(composed, elsewhere[0], elsewhere[1]) };
  return {
    code: 'missing-reference',
    message: `\`\${secret.${inside}}\`: there is no SecretStore \`${inside.split('.')[0]}\` in ${composed.environment}.`,
  };
}
