import type { Fields } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Resource } from '#model/resource.ts';
import { type Kept, keptIn, keptText } from '#model/secret-store.ts';
import { type Reading, reading } from '#ports/refused-keys.ts';
import type { Sealing } from '#ports/sealing.ts';
import type { ClusterPorts, Difference, Live, Remote } from '../kind.ts';
import { reasons } from './problems.ts';
import { keptOf, type SecretSpec, textsOf } from './spec.ts';

/** What a document's sealed texts hold, or why they could not be opened. */
export interface Opening {
  readonly kept: Kept;
  readonly values?: ReadonlyMap<string, Redacted>;
  readonly fields?: Fields;
  /** Why it could not be opened, or may not be written: its store is away. */
  readonly fault?: Fault;
}

/** What the last read opened: by resource for the comparison, by place for the writes of the same process. Values never leave the process. */
const openings = new WeakMap<Resource, Opening>();
export const opened = new WeakMap<ClusterPorts, Map<string, Opening>>();

const pathOf = (entry: string): string => (entry === '' ? 'value' : `value.${entry}`);

/** A place that moves holds another secret: who named the old one names nothing. */
export const renewsSecret: NonNullable<Remote['renewsSecret']> = ({ fields }) =>
  fields.some(({ path, from, to }) => /^value(\.|$)/.test(path) && from !== null && to !== null);

/** Where one value of a secret stands: the key of its place, or an entry below it. */
export const keyAt = (key: string, path: string): string => (path === 'value' ? key : `${key}/${path.slice('value.'.length)}`);

export const valuePaths = (fields: Fields): string[] => Object.keys(fields).filter(path => /^value(\.|$)/.test(path));

/** A keyed digest for each value and where they are kept; what could not be opened, or is not opened offline, is said to be `sealed`. */
export function project(resource: Resource): Fields {
  return openings.get(resource)?.fields ?? { kept: keptText(keptOf(resource)), value: 'sealed' };
}

/** Opens every declared secret and compares it with what its store holds, each store read once. A key that is not there is no error. */
export async function read(
  ports: ClusterPorts,
  scope: { desired: readonly Resource[]; owned: ReadonlyMap<string, Fields> },
): Promise<Live[]> {
  const { sealing } = ports;
  if (sealing === undefined) return [];
  const looks = new Map<string, Look>();
  const look = (remoteName: string, kept: Kept, paths: readonly string[]) =>
    looks.set(remoteName, { kept, paths: new Set([...(looks.get(remoteName)?.paths ?? []), ...paths]) });
  const here = new Map<string, Opening>();
  for (const resource of scope.desired) {
    const opening = await open(sealing, resource);
    openings.set(resource, opening);
    here.set(resource.remoteName, opening);
    look(resource.remoteName, opening.kept, opening.fields === undefined ? ['value'] : valuePaths(opening.fields));
  }
  opened.set(ports, here);
  // What we put somewhere is looked for there, wherever the document says now.
  for (const [remoteName, fields] of scope.owned) look(remoteName, keptIn(fields.kept) as Kept, valuePaths(fields));
  const { live, faultOf } = await liveAt(ports, sealing, looks, scope.owned);
  // A store that cannot be read, which a tenant may have named, costs what is kept there and nothing else. What we own there is taken to stand.
  for (const resource of scope.desired) {
    const opening = openings.get(resource) as Opening;
    const fault = faultOf(opening.kept, opening.fields);
    if (fault === undefined) continue;
    openings.set(resource, { ...opening, fault });
    here.set(resource.remoteName, { ...opening, fault });
  }
  for (const [remoteName, fields] of scope.owned) {
    const fault = faultOf(keptIn(fields.kept) as Kept, fields);
    if (fault !== undefined) live.push(liveSecret(remoteName, fields, { ours: true, [isGone(fault) ? 'gone' : 'fault']: fault }));
  }
  return live;
}

const liveSecret = (remoteName: string, fields: Fields, details: Live['details']): Live => ({
  remoteName,
  remoteId: null,
  fields,
  defaults: {},
  internal: false,
  details,
});

/** Is it that no such store is declared here? */
export const isGone = (fault: Fault): boolean => fault.code === 'secrets/no-store';

interface Look {
  readonly kept: Kept;
  readonly paths: ReadonlySet<string>;
}

async function liveAt(
  ports: ClusterPorts,
  sealing: Sealing,
  looks: ReadonlyMap<string, Look>,
  owned: ReadonlyMap<string, Fields>,
): Promise<{ live: Live[]; faultOf: (kept: Kept, fields: Fields | undefined) => Fault | undefined }> {
  const readings = new Map<string, Reading>();
  const wanted = [...looks].flatMap(([remoteName, { kept, paths }]) =>
    [...paths].map(path => ({ remoteName, kept, path, key: keyAt(kept.key, path) })),
  );
  const found = new Map<string, Record<string, string>>();
  for (const [store, own] of Map.groupBy(wanted, each => each.kept.store)) {
    const here = await reading(async () => ports.secrets(store).getAll(own.map(each => each.key)));
    readings.set(store, here);
    for (const { remoteName, kept, path, key } of own) {
      const value = here.values.get(key);
      if (value === undefined) continue;
      const digest = await sealing.digest(keptText({ store, key }), value);
      found.set(remoteName, { kept: keptText(kept), ...found.get(remoteName), [path]: digest });
    }
  }
  const faultOf = (kept: Kept, fields: Fields = { value: null }) =>
    valuePaths(fields)
      .map(path => readings.get(kept.store)?.faultAt(keyAt(kept.key, path)))
      .find(fault => fault !== undefined);
  const whole = [...found].filter(([remoteName]) => {
    const fields = owned.get(remoteName);
    return fields === undefined || faultOf(keptIn(fields.kept) as Kept, fields) === undefined;
  });
  return { live: whole.map(([remoteName, fields]) => liveSecret(remoteName, fields, { ours: owned.has(remoteName) })), faultOf };
}

/** Without any identity nothing can be said of any secret: that is thrown. */
async function open(sealing: Sealing, resource: Resource): Promise<Opening> {
  const values = new Map<string, Redacted>();
  const kept = keptOf(resource);
  const { store, key } = kept;
  try {
    for (const [name, text] of textsOf(resource))
      for (const [entry, value] of await sealing.open(text, resource.tenant)) values.set(name === '' ? entry : name, value);
    const chosen = choose(values, (resource.spec as SecretSpec).entry);
    const fields: Record<string, string> = { kept: keptText(kept) };
    for (const [entry, value] of chosen) {
      const path = pathOf(entry);
      fields[path] = await sealing.digest(keptText({ store, key: keyAt(key, path) }), value);
    }
    return { kept, values: chosen, fields };
  } catch (error) {
    if (!(error instanceof Fault) || error.code.endsWith('/no-identity')) throw error;
    return { kept, fault: error };
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
  const fault = opening?.fault ?? live?.details.fault;
  if (fault instanceof Fault) {
    const { code, message, remedy } = fault;
    return { impossible: [{ code, message: remedy === undefined ? message : `${message} ${remedy}` }] };
  }
  if (live?.details.gone !== undefined)
    return {
      reasons: [
        {
          code: reasons.storeGone,
          message: `What it kept in ${live.fields.kept} stays there: ${(live.details.gone as Fault).message}`,
        },
      ],
    };
  if (action !== 'update' || live?.details.ours === true) return {};
  return {
    risk: 'disruptive' as const,
    reasons: [{ code: reasons.replaces, message: 'Its key holds another value already, which we did not put there.' }],
  };
}
