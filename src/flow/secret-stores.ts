import type { Surroundings } from '#kinds/kind.ts';
import type { Fact } from '#model/fact.ts';
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

/** Judges `STORE.KEY` of a `${secret.STORE.KEY}` as one tenant means it. Names of stores may hold dots, so the longest store that it can begin with is meant. */
export function secretVariables(composed: Composed, references: References, refusal: Surroundings['storeRefusal']) {
  const names = composed.declared
    .filter(each => each.kind === 'SecretStore')
    .flatMap(each => [each.name, `${each.tenant ?? platform}/${each.name}`]);
  const longest = [...new Set([localStore, ...names])].toSorted((a, b) => b.length - a.length);
  return (inside: string, tenant: string | null): Trouble | undefined => {
    const store = longest.find(each => inside.startsWith(`${each}.`));
    if (store === undefined) return absentStore(composed, inside);
    const { candidates } = references.find('SecretStore', store, tenant, null);
    if (candidates.length > 1)
      return { code: 'ambiguous-reference', message: `SecretStore \`${store}\` could be ${candidates.join(' or ')}.` };
    const refused = refusal({ tenant, store, key: inside.slice(store.length + 1) });
    if (refused === undefined) return undefined;
    return { code: refused.code === 'foreign-key' ? 'foreign-secret' : 'store-not-granted', message: refused.message };
  };
}

function absentStore(composed: Composed, inside: string): Trouble {
  const elsewhere = [...composed.absent].find(([key]) => inside.startsWith(`${/^SecretStore\/(.+)$/.exec(key)?.[1] ?? '}'}.`));
  if (elsewhere !== undefined) return { code: 'foreign-reference', message: absentMessage(composed, elsewhere[0], elsewhere[1]) };
  return {
    code: 'missing-reference',
    message: `\`\${secret.${inside}}\`: there is no SecretStore \`${inside.split('.')[0]}\` in ${composed.environment}.`,
  };
}
