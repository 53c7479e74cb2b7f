import type { Change, Fields, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Resource } from '#model/resource.ts';
import type { Sealing } from '#ports/sealing.ts';
import type { ClusterPorts, Difference, Live } from '../kind.ts';
import { reasons } from './problems.ts';
import { placeOf, type SecretSpec, textsOf } from './spec.ts';

/** What a document's sealed texts hold, or why they could not be opened. */
type Opening = { readonly values: ReadonlyMap<string, Redacted>; readonly fields: Fields } | { readonly fault: Fault };

/** What the last read opened: by resource for the comparison, by place for the writes of the same process. Values never leave the process. */
const openings = new WeakMap<Resource, Opening>();
const opened = new WeakMap<ClusterPorts, Map<string, Opening>>();

const pathOf = (entry: string): string => (entry === '' ? 'value' : `value.${entry}`);

/** Where one value of a secret stands: the key of its place, or an entry below it. */
function keyAt(place: string, path: string): { store: string; key: string } {
  const slash = place.indexOf('/');
  const key = place.slice(slash + 1);
  return { store: place.slice(0, slash), key: path === 'value' ? key : `${key}/${path.slice('value.'.length)}` };
}

/** A keyed digest for each value; what could not be opened, or is not opened offline, is said to be `sealed`. */
export function project(resource: Resource): Fields {
  const opening = openings.get(resource);
  return opening !== undefined && 'fields' in opening ? opening.fields : { value: 'sealed' };
}

/** Opens every declared secret and compares it with what its store holds, each store read once. A key that is not there is no error. */
export async function read(
  ports: ClusterPorts,
  scope: { desired: readonly Resource[]; owned: ReadonlyMap<string, Fields> },
): Promise<Live[]> {
  const { sealing } = ports;
  if (sealing === undefined) return [];
  const paths = new Map<string, Set<string>>();
  const look = (place: string, names: Iterable<string>) => paths.set(place, new Set([...(paths.get(place) ?? []), ...names]));
  const here = new Map<string, Opening>();
  for (const resource of scope.desired) {
    const opening = await open(sealing, resource);
    openings.set(resource, opening);
    here.set(resource.remoteName, opening);
    look(resource.remoteName, 'fields' in opening ? Object.keys(opening.fields) : ['value']);
  }
  opened.set(ports, here);
  for (const [place, fields] of scope.owned) look(place, Object.keys(fields));
  return liveAt(ports, sealing, paths, scope.owned);
}

async function liveAt(
  ports: ClusterPorts,
  sealing: Sealing,
  paths: ReadonlyMap<string, ReadonlySet<string>>,
  owned: ReadonlyMap<string, Fields>,
): Promise<Live[]> {
  const wanted = [...paths].flatMap(([place, names]) => [...names].map(path => ({ place, path, ...keyAt(place, path) })));
  const fields = new Map<string, Record<string, string>>();
  for (const [store, own] of Map.groupBy(wanted, each => each.store)) {
    const values = await ports.secrets(store).getAll(own.map(each => each.key));
    for (const { place, path, key } of own) {
      const value = values.get(key);
      if (value === undefined) continue;
      fields.set(place, { ...fields.get(place), [path]: await sealing.digest(`${store}/${key}`, value) });
    }
  }
  return [...fields].map(([remoteName, found]) => ({
    remoteName,
    remoteId: null,
    fields: found,
    defaults: {},
    internal: false,
    details: { ours: owned.has(remoteName) },
  }));
}

/** Without any identity nothing can be said of any secret: that is thrown. */
async function open(sealing: Sealing, resource: Resource): Promise<Opening> {
  const values = new Map<string, Redacted>();
  try {
    for (const [name, text] of textsOf(resource))
      for (const [entry, value] of await sealing.open(text, resource.tenant)) values.set(name === '' ? entry : name, value);
    const chosen = choose(values, (resource.spec as SecretSpec).entry);
    const fields: Record<string, string> = {};
    for (const [entry, value] of chosen) {
      const { store, key } = keyAt(placeOf(resource), pathOf(entry));
      fields[pathOf(entry)] = await sealing.digest(`${store}/${key}`, value);
    }
    return { values: chosen, fields };
  } catch (error) {
    if (!(error instanceof Fault) || error.code.endsWith('/no-identity')) throw error;
    return { fault: error };
  }
}

function choose(values: ReadonlyMap<string, Redacted>, entry: string | undefined): ReadonlyMap<string, Redacted> {
  if (values.size === 0) throw new Fault('secret/empty', 'It holds no secret value.', { remedy: 'Seal a value.' });
  if (entry === undefined) {
    // A name becomes a part of a key, and a path in some stores.
    const bad = [...values.keys()].find(name => name !== '' && !/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(name));
    if (bad === undefined) return values;
    throw new Fault('secret/bad-entry', `The name of an entry (\`${bad.slice(0, 80)}\`) cannot be a part of a key.`, {
      remedy: 'Pick one entry with `entry`, or give it another name: letters, digits, dots, dashes.',
    });
  }
  const value = values.get(entry);
  if (value !== undefined) return new Map([['', value]]);
  throw new Fault('secret/no-entry', `It has no entry \`${entry}\`.`, {
    remedy: `Entries: ${[...values.keys()].toSorted().slice(0, 20).join(', ')}.`,
  });
}

/** What cannot be opened cannot be applied; a value that somebody else put there is told before it is lost. */
export function assess({ action, resource, live }: Difference) {
  const opening = resource === undefined ? undefined : openings.get(resource);
  if (opening !== undefined && 'fault' in opening) {
    const { code, message, remedy } = opening.fault;
    return { impossible: [{ code, message: remedy === undefined ? message : `${message} ${remedy}` }] };
  }
  if (action !== 'update' || live?.details.ours === true) return {};
  return {
    risk: 'disruptive' as const,
    reasons: [{ code: reasons.replaces, message: 'Its key holds another value already, which we did not put there.' }],
  };
}

/** Puts new values before it takes old keys away; each store is written once for each. A store that fails costs its own changes. */
export async function apply(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  const outcomes = new Map<Change, Outcome>();
  const storeOf = (change: Change) => keyAt(change.remoteName, 'value').store;
  for (const [store, own] of Map.groupBy(changes, storeOf))
    try {
      await write(ports, store, own, outcomes);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      for (const change of own) outcomes.set(change, { state: 'failed', code: error.code, message: error.message });
    }
  return changes.map(change => outcomes.get(change) ?? { state: 'applied' });
}

async function write(ports: ClusterPorts, store: string, own: readonly Change[], outcomes: Map<Change, Outcome>): Promise<void> {
  const fresh = new Map<string, Redacted>();
  const gone: string[] = [];
  for (const change of own) {
    const values = valuesFor(ports, change);
    if (values === undefined) {
      outcomes.set(change, {
        state: 'failed',
        code: reasons.notOpened,
        message: 'It was not opened as it was planned. Plan again.',
      });
      continue;
    }
    for (const [key, value] of values) fresh.set(key, value);
    for (const { path, to } of change.fields) if (to === null) gone.push(keyAt(change.remoteName, path).key);
  }
  const secrets = ports.secrets(store);
  if (fresh.size > 0) await secrets.putAll(fresh);
  if (gone.length > 0) await secrets.deleteAll(gone);
}

/** The values that a change asks for, by key; undefined where what was opened is not what was planned. */
function valuesFor(ports: ClusterPorts, change: Change): Map<string, Redacted> | undefined {
  const asked = change.fields.filter(field => field.to !== null);
  const opening = opened.get(ports)?.get(change.remoteName);
  const found = new Map<string, Redacted>();
  for (const { path, to } of asked) {
    if (opening === undefined || !('fields' in opening) || opening.fields[path] !== to) return undefined;
    const value = opening.values.get(path === 'value' ? '' : path.slice('value.'.length));
    found.set(keyAt(change.remoteName, path).key, value as Redacted);
  }
  return found;
}
