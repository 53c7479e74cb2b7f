import type { Resource } from '#model/resource.ts';
import { besideWhich, type Kept, keptIn, keptText, storeName } from '#model/secret-store.ts';
import type { ReportAt, Surroundings } from '../kind.ts';
import { report } from './problems.ts';
import { keptOf, type SecretSpec, textsOf } from './spec.ts';

const armour = /^\s*-----BEGIN AGE ENCRYPTED FILE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END AGE ENCRYPTED FILE-----\s*$/;
/** SOPS writes its own key `sops` into the file, sealed-secrets the kind `SealedSecret`. */
const ofAnotherTool = /^["']?sops["']?\s*:|^\s*[{,]?\s*"(sops|kind)"\s*:\s*[{"]|^kind:\s*["']?SealedSecret/m;

/** SOPS keeps its own entries as `sops_mac=…` in dotenv, in a section `[sops]` in INI. */
const otherSops = /^sops_(mac|version|lastmodified)=|^\[sops\]\s*$/m;

/** What can be said of a Secret without opening it. */
export function rules(secret: Resource, around: Surroundings, reportAt: ReportAt): void {
  const { sealed, file, entry } = secret.spec as SecretSpec;
  if ((sealed === undefined) === (file === undefined))
    reportAt(details => report('one-source', details), [], sealed === undefined ? 'It has neither.' : 'It has both.');
  if (entry !== undefined && file === undefined)
    reportAt(details => report('entry-alone', details), ['entry'], 'There is no file.');
  for (const [name, text] of textsOf(secret)) {
    const path = file === undefined ? (name === '' ? ['sealed'] : ['sealed', name]) : ['file'];
    if (file !== undefined && otherSops.test(text))
      reportAt(details => report('other-form', details), path, `${file} is a SOPS file in the form of dotenv or INI.`);
    else if (!armour.test(text) && (file === undefined || !ofAnotherTool.test(text)))
      reportAt(
        details => report('not-sealed', details),
        path,
        file === undefined ? 'It is no age armour.' : `${file} is neither an age armour, nor a SOPS file, nor a SealedSecret.`,
      );
  }
  ownPlace(secret, around, reportAt);
  sharing(secret, around, reportAt);
  copied(secret, around, reportAt);
}

function ownPlace({ tenant, spec }: Resource, around: Surroundings, reportAt: ReportAt): void {
  const { store = 'local', key } = spec as SecretSpec;
  const refusal = around.storeRefusal({ tenant, store, ...(key === undefined ? {} : { key }) });
  if (refusal === undefined) return;
  const foreign = refusal.code === 'foreign-key';
  reportAt(
    details => report(foreign ? 'foreign-key' : 'store-not-granted', details),
    [foreign ? 'key' : 'store'],
    refusal.message,
  );
}

interface Keeper {
  readonly place: string;
  /** In words. */
  readonly what: string;
  /** Does kaas write more beside it, as a rotation does? */
  readonly beside: boolean;
}

const keepers = new WeakMap<object, Map<string, Keeper[]>>();

/** Whoever keeps something under a key or below it, by every place on the way there. */
function keepersIn(around: Surroundings): Map<string, Keeper[]> {
  const secrets = around.facts('secret');
  const known = keepers.get(secrets);
  if (known !== undefined) return known;
  // The store as each tenant means it: two may each have a `vault`.
  const meant = (place: string, tenant: string | null): string => {
    const { store, key } = keptIn(place) as Kept;
    const found = around.resolve({ kind: 'SecretStore', name: store }, tenant);
    return keptText({ store: found === undefined ? store : storeName(found), key });
  };
  // Who writes where only somebody else may has that problem alone, and gives nobody another.
  const may = (place: string, tenant: string | null) => around.storeRefusal({ tenant, ...(keptIn(place) as Kept) }) === undefined;
  const all: Keeper[] = [
    ...secrets.map(({ place, name, tenant }) => ({ place, tenant, beside: false, what: `Secret \`${name}\`` })),
    ...around
      .facts('account')
      .flatMap(({ credential: place, name, tenant }) =>
        place === undefined ? [] : [{ place, tenant, beside: true, what: `the password of \`${name}\`` }],
      ),
  ].flatMap(({ place, tenant, ...how }) => (may(place, tenant) ? [{ place: meant(place, tenant), ...how }] : []));
  const found = new Map<string, Keeper[]>();
  for (const each of all)
    for (let place = each.place; place.includes('/'); place = place.slice(0, place.lastIndexOf('/')))
      found.set(place, [...(found.get(place) ?? []), each]);
  keepers.set(secrets, found);
  return found;
}

/** A key that something else is kept under, above or below: one would take the other's value, and its removal the other's secret. */
function sharing(secret: Resource, around: Surroundings, reportAt: ReportAt): void {
  const place = keptText(keptOf(secret));
  const all = keepersIn(around);
  const below = (all.get(place) ?? []).map(each => each.what);
  const above: string[] = [];
  for (let parent = place; parent.includes('/'); parent = parent.slice(0, parent.lastIndexOf('/')))
    if (parent !== place) above.push(...(all.get(parent) ?? []).filter(each => each.place === parent).map(each => each.what));
  const beside = (all.get(besideWhich(place) ?? '') ?? []).filter(each => each.beside && each.place === besideWhich(place));
  const noted = beside.map(each => `what a rotation writes beside ${each.what}`);
  const sharers = [...below, ...above, ...noted];
  if (sharers.length < 2) return;
  const several = new Set(sharers);
  reportAt(
    details => report('shared-key', details),
    (secret.spec as SecretSpec).key === undefined ? [] : ['key'],
    `\`${place}\` would hold ${[...several].join(' and ')}${several.size === 1 ? ', on two clusters' : ''}.`,
  );
}

const tenantsByText = new WeakMap<object, Map<string, Set<string | null>>>();

/** A sealed text can be read in Git and opened by us alone: whoever copied it would have us open another tenant's secret for them. */
function copied(secret: Resource, around: Surroundings, reportAt: ReportAt): void {
  const secrets = around.facts('secret');
  let holders = tenantsByText.get(secrets);
  if (holders === undefined) {
    holders = new Map();
    for (const { tenant, texts } of secrets)
      for (const text of texts) holders.set(text, (holders.get(text) ?? new Set()).add(tenant));
    tenantsByText.set(secrets, holders);
  }
  for (const [name, text] of textsOf(secret)) {
    const others = [...(holders.get(text.trim()) ?? [])].filter(tenant => tenant !== secret.tenant);
    // The platform can open whatever was sealed to it, so it gains nothing by a copy: of two that have one text it is not the one who copied.
    if (others.length === 0 || secret.tenant === null) continue;
    const { file } = secret.spec as SecretSpec;
    const path = file === undefined ? (name === '' ? ['sealed'] : ['sealed', name]) : ['file'];
    reportAt(
      details => report('copied', details),
      path,
      `The same sealed text stands in a document of ${others.map(each => each ?? 'the platform').join(' and ')}.`,
    );
  }
}
