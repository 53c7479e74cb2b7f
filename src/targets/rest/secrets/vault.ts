import { Fault } from '#model/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import { Redacted } from '#model/redacted.ts';
import type { RequestCounts, TlsMaterial } from '#ports/connection.ts';
import type { Secrets, SecretUse } from '#ports/secrets.ts';
import { type RestAnswer, type RestRequest, restClient } from '../client.ts';
import { inParallel } from '../in-parallel.ts';
import { eachKey, fieldOf, hostOf, refusal, strange, withLogin } from './asking.ts';
import { pathNames } from './names.ts';

export type VaultLogin =
  | { readonly method: 'token'; readonly token: Redacted }
  | { readonly method: 'appRole'; readonly mount: string; readonly roleId: string; readonly secretId: Redacted }
  | { readonly method: 'kubernetes'; readonly mount: string; readonly role: string; readonly jwt: Redacted };

/** One KV v2 secrets engine of a HashiCorp Vault or OpenBao, every secret already read. `label` is whose it is, for messages: `secret store team-vault`. */
export interface VaultConnection {
  readonly label: string;
  readonly url: string;
  readonly mount: string;
  /** Below which all keys stand; empty: none. */
  readonly path: string;
  /** The field of a secret that holds the value. */
  readonly field: string;
  readonly namespace?: string;
  readonly login: VaultLogin;
  readonly tls?: TlsMaterial;
  readonly requestTimeoutMs?: number;
}

/**
 * A store on KV version 2 (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2). Writes carry the version that we read last (check-and-set),
 * deletions are soft. That the mount is there and is version 2 is asked first: on any other, "not found" would mean nothing.
 */
export function openVault(connection: VaultConnection): Secrets & AsyncDisposable & { readonly requests: RequestCounts } {
  const { label, mount, path, field } = connection;
  const client = restClient({ ...connection }, 'secrets', { quotes: false });
  const namespace: Record<string, string> =
    connection.namespace === undefined ? {} : { 'x-vault-namespace': connection.namespace };
  // 403 is Vault's word for a token that has ended, too. A token that was given to us we cannot renew.
  const send = withLogin(
    client,
    async () => ({
      ...namespace,
      'x-vault-token': await token(connection, request => client.send({ ...request, headers: namespace })),
    }),
    answer => answer.status === 403 && connection.login.method !== 'token',
  );
  const at = (part: 'data' | 'metadata', key: string) => `${mount}/${part}/${path === '' ? '' : `${path}/`}${key}`;
  const request = (method: RestRequest['method'], part: 'data' | 'metadata', key: string): RestRequest => ({
    method,
    path: `/v1/${at(part, key)}`,
    api: `/v1/{mount}/${part}/{path}`,
  });
  const versions = new Map<string, number>();
  const name = (key: string) => pathNames.toName(key);
  const remedy = (part: 'data' | 'metadata', key: string) =>
    `Its policy must allow create, read, update and delete on \`${at('data', key)}\`${part === 'metadata' ? `, list and read on \`${at('metadata', '*')}\`` : ''}.`;
  let checked: Promise<void> | undefined;
  const ready = () => {
    checked ??= checkMount(connection, send).catch(error => {
      checked = undefined;
      throw error;
    });
    return checked;
  };

  /** The newest version of a secret; no data when there is none or it was deleted. */
  const read = async (key: string): Promise<{ data: JsonObject | undefined; version: number }> => {
    await ready();
    const answer = await send(request('GET', 'data', name(key)));
    const about = `reading \`${at('data', name(key))}\``;
    if (answer.status !== 200 && answer.status !== 404) throw refusal(label, answer, about, remedy('data', name(key)));
    const version = fieldOf(answer.body, 'data', 'metadata', 'version');
    const data = fieldOf(answer.body, 'data', 'data');
    if (answer.status === 404 && version === undefined) {
      if (!isEmptyRefusal(answer.body)) throw strange(label, about);
      versions.set(key, 0);
      return { data: undefined, version: 0 };
    }
    if (typeof version !== 'number' || (answer.status === 200 && !isJsonObject(data ?? null))) throw strange(label, about);
    versions.set(key, version);
    return { data: answer.status === 200 ? (data as JsonObject) : undefined, version };
  };
  const get = async (key: string): Promise<Redacted | undefined> => {
    const { data } = await read(key);
    if (data === undefined) return undefined;
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    if (typeof value === 'string') return new Redacted(value);
    throw new Fault('secrets/no-field', `The ${label}: \`${at('data', name(key))}\` has no text in the field \`${field}\`.`, {
      remedy: `Its fields are ${Object.keys(data).toSorted().join(', ') || 'none'}. Name the right one in \`spec.field\` of the SecretStore.`,
    });
  };
  const put = async (key: string, value: Redacted, use?: SecretUse): Promise<void> => {
    const version = versions.get(key) ?? (await read(key)).version;
    await ready();
    const body = { options: { cas: version }, data: { ...use?.fields, [field]: value.reveal() } };
    const answer = await send({ ...request('POST', 'data', name(key)), body, writes: true });
    const about = `writing \`${at('data', name(key))}\``;
    versions.delete(key);
    if (answer.status === 400 && /check-and-set/.test(JSON.stringify(fieldOf(answer.body, 'errors') ?? '')))
      throw conflict(label, about);
    if (answer.status !== 200) throw refusal(label, answer, about, remedy('data', name(key)));
    const written = fieldOf(answer.body, 'data', 'version');
    if (typeof written !== 'number') throw strange(label, about);
    versions.set(key, written);
  };
  const remove = async (key: string): Promise<void> => {
    await ready();
    versions.delete(key);
    const answer = await send({ ...request('DELETE', 'data', name(key)), writes: true });
    if (answer.status !== 204 && answer.status !== 404)
      throw refusal(label, answer, `deleting \`${at('data', name(key))}\``, remedy('data', name(key)));
  };
  /** Names below a folder, deleted ones included: Vault lists what it has metadata of. */
  const list = async (folder: string): Promise<string[]> => {
    const listing = request('GET', 'metadata', folder);
    const answer = await send({ ...listing, path: `${listing.path.replace(/\/$/, '')}?list=true` });
    const about = `listing \`${at('metadata', folder)}\``;
    if (answer.status === 404 && isEmptyRefusal(answer.body)) return [];
    if (answer.status !== 200) throw refusal(label, answer, about, remedy('metadata', '*'));
    const found = fieldOf(answer.body, 'data', 'keys');
    if (!Array.isArray(found)) throw strange(label, about);
    const below = await inParallel(found.map(String), async each => (each.endsWith('/') ? list(folder + each) : [folder + each]));
    return below.flat();
  };
  const stands = async (each: string): Promise<boolean> => {
    const answer = await send(request('GET', 'metadata', each));
    const current = fieldOf(answer.body, 'data', 'current_version');
    if (answer.status !== 200 || typeof current !== 'number')
      throw refusal(label, answer, `reading \`${at('metadata', each)}\``, remedy('metadata', '*'));
    const version = fieldOf(answer.body, 'data', 'versions', String(current));
    return version !== undefined && fieldOf(version, 'deletion_time') === '' && fieldOf(version, 'destroyed') !== true;
  };

  return {
    requests: client.requests,
    get,
    getAll: wanted => eachKey(wanted, get),
    put: (key, value) => put(key, value),
    async putAll(values, uses) {
      await eachKey([...values.keys()], key => put(key, values.get(key) as Redacted, uses?.get(key)));
    },
    async deleteAll(keys) {
      await eachKey(keys, remove);
    },
    async keys() {
      await ready();
      const names = await list('');
      const standing = await inParallel(names, async each => ((await stands(each)) ? pathNames.toKey(each) : undefined));
      return standing.filter(each => each !== undefined).toSorted();
    },
    place: async key => `${mount}/${path === '' ? '' : `${path}/`}${name(key)}, field ${field}`,
    address: async key => `${hostOf(connection.url)} ${connection.namespace ?? ''} ${at('data', name(key))}`,
    async examine() {
      await ready();
      await examineRights(connection, send, at('data', 'kaas-doctor'));
      return `KV v2 at ${mount}${path === '' ? '' : `/${path}`}: we may create, read, update and delete`;
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

type Send = (request: RestRequest) => Promise<RestAnswer>;

/** Vault's 404 for what is not there says no more than `errors: []`; with words it means another thing (no such mount). */
function isEmptyRefusal(body: Json | undefined): boolean {
  const errors = fieldOf(body, 'errors');
  return Array.isArray(errors) && errors.length === 0;
}

const conflict = (label: string, about: string): Fault =>
  new Fault('secrets/conflict', `The ${label}, ${about}: somebody else wrote it since we read it. Nothing was overwritten.`, {
    retry: 'now',
    remedy: 'Run it again: it starts from what stands there now.',
  });

async function token({ label, login }: VaultConnection, send: Send): Promise<string> {
  if (login.method === 'token') return login.token.reveal();
  const body: JsonObject =
    login.method === 'appRole'
      ? { role_id: login.roleId, secret_id: login.secretId.reveal() }
      : { role: login.role, jwt: login.jwt.reveal() };
  const path = `/v1/auth/${login.mount}/login`;
  const answer = await send({ method: 'POST', path, api: '/v1/auth/{mount}/login', body });
  const given = fieldOf(answer.body, 'auth', 'client_token');
  if (answer.status === 200 && typeof given === 'string') return given;
  throw new Fault(
    'secrets/not-authenticated',
    `The ${label} does not accept our login at auth/${login.mount} (${answer.status}).`,
    {
      remedy: `Check role and secret of \`spec.${login.method}\`, and that this method is enabled there.`,
    },
  );
}

/** Asks for the mount as Vault's own `kv` command does; any token with a right below it may. */
async function checkMount({ label, mount }: VaultConnection, send: Send): Promise<void> {
  const answer = await send({
    method: 'GET',
    path: `/v1/sys/internal/ui/mounts/${mount}`,
    api: '/v1/sys/internal/ui/mounts/{mount}',
  });
  const about = `looking for the secrets engine \`${mount}\``;
  if (answer.status !== 200)
    throw refusal(label, answer, about, `Either there is no \`${mount}\`, or our login has no right below it, or has ended.`);
  const [type, version] = [fieldOf(answer.body, 'data', 'type'), fieldOf(answer.body, 'data', 'options', 'version')];
  if (typeof type !== 'string') throw strange(label, about);
  if (type !== 'kv' || version !== '2')
    throw new Fault('secrets/not-kv2', `The ${label}: \`${mount}\` is no KV secrets engine of version 2.`, {
      remedy: `\`vault kv enable-versioning ${mount}\` makes it one.`,
    });
}

async function examineRights({ label }: VaultConnection, send: Send, path: string): Promise<void> {
  const asking = { method: 'POST', path: '/v1/sys/capabilities-self', api: '/v1/sys/capabilities-self' } as const;
  const answer = await send({ ...asking, body: { paths: [path] } });
  const given = fieldOf(answer.body, 'data', path) ?? fieldOf(answer.body, path);
  if (answer.status !== 200) throw refusal(label, answer, 'asking for our rights');
  if (!Array.isArray(given)) throw strange(label, 'asking for our rights');
  const lacking = given.includes('root') ? [] : ['create', 'read', 'update', 'delete'].filter(each => !given.includes(each));
  if (lacking.length > 0)
    throw new Fault(
      'secrets/not-authorized',
      `The ${label}: our login may not ${lacking.join(', ')} below \`${path.replace(/\/[^/]*$/, '')}\`.`,
      {
        remedy: `Add to its policy: path "${path.replace(/\/[^/]*$/, '/*')}" { capabilities = ["create", "read", "update", "delete"] }`,
      },
    );
}
