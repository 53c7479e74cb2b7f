import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '#model/fault.ts';
import type { JsonObject } from '#model/json.ts';
import { Redacted } from '#model/redacted.ts';
import type { RequestCounts } from '#ports/connection.ts';
import type { Secrets, SecretUse } from '#ports/secrets.ts';
import { type RestAnswer, type RestRequest, restClient } from '../client.ts';
import { eachKey, fieldOf, hostOf, refusal, strange, withLogin } from './asking.ts';
import { plainNames } from './names.ts';

export type AzureLogin =
  | {
      readonly method: 'application';
      readonly loginUrl: string;
      readonly tenantId: string;
      readonly clientId: string;
      /** The application's secret, or a token that it trusts. */
      readonly secret: { readonly clientSecret: Redacted } | { readonly federatedToken: Redacted };
    }
  | { readonly method: 'managedIdentity'; readonly identityUrl: string; readonly clientId?: string };

/** One Azure Key Vault. `label` is whose it is, for messages. */
export interface AzureConnection {
  readonly label: string;
  readonly vaultUrl: string;
  /** What tokens are asked for: `https://vault.azure.net`, another in sovereign clouds. */
  readonly audience: string;
  readonly login: AzureLogin;
  readonly requestTimeoutMs?: number;
}

const version = 'api-version=7.4';
const nameLimit = 127;
/** A deleted secret that is brought back shows after a while. */
const recoverTries = 20;
const recoverMs = 500;

/** A store on Azure Key Vault (https://learn.microsoft.com/rest/api/keyvault/secrets/), spoken to directly. Every write is a new version; a deletion is soft where the vault says so. */
export function openAzure(connection: AzureConnection): Secrets & AsyncDisposable & { readonly requests: RequestCounts } {
  const { label } = connection;
  const client = restClient({ ...connection, url: connection.vaultUrl }, 'secrets', { quotes: false });
  const send = withLogin(
    client,
    async () => ({ authorization: `Bearer ${await token(connection)}` }),
    () => false,
  );
  const nameOf = (key: string): string => {
    const name = plainNames.toName(key);
    if (name !== '' && name.length <= nameLimit) return name;
    throw new Fault(
      'secrets/bad-name',
      `The ${label}: \`${key}\` makes a name of ${name.length} signs, and Azure takes 1 to ${nameLimit}.`,
      {
        remedy: 'Choose a shorter `deliverTo.key`.',
      },
    );
  };
  const at = (method: RestRequest['method'], name: string): RestRequest => ({
    method,
    path: `/secrets/${name}?${version}`,
    api: '/secrets/{name}',
  });
  const refuse = (answer: RestAnswer, about: string): Fault =>
    refusal(
      label,
      answer,
      about,
      'It needs the role “Key Vault Secrets Officer” on the vault, and the vault’s firewall must let us in.',
    );

  const get = async (key: string): Promise<Redacted | undefined> => {
    const name = nameOf(key);
    const answer = await send(at('GET', name));
    const about = `reading \`${name}\``;
    if (answer.status === 404) {
      if (isNotFound(answer)) return undefined;
      throw strange(label, about);
    }
    if (answer.status !== 200) throw refuse(answer, about);
    const value = fieldOf(answer.body, 'value');
    if (typeof value !== 'string') throw strange(label, about);
    return new Redacted(value);
  };
  const put = async (key: string, value: Redacted, use?: SecretUse): Promise<void> => {
    const name = nameOf(key);
    const request = { ...at('PUT', name), body: { value: value.reveal(), tags: tagsOf(key, use) }, writes: true };
    let answer = await send(request);
    if (innerCodeOf(answer) === 'ObjectIsDeletedButRecoverable') {
      await recover(name);
      answer = await send(request);
    }
    if (answer.status !== 200) throw refuse(answer, `writing \`${name}\``);
    if (typeof fieldOf(answer.body, 'id') !== 'string') throw strange(label, `writing \`${name}\``);
  };
  const recover = async (name: string): Promise<void> => {
    const path = `/deletedsecrets/${name}/recover?${version}`;
    const answer = await send({ method: 'POST', path, api: '/deletedsecrets/{name}/recover', writes: true });
    if (answer.status !== 200) throw refuse(answer, `bringing \`${name}\` back`);
    for (let attempt = 1; attempt <= recoverTries; attempt++) {
      if ((await send(at('GET', name))).status === 200) return;
      await sleep(recoverMs);
    }
    throw new Fault('secrets/timed-out', `The ${label}: \`${name}\` was deleted and does not come back in time.`, {
      retry: 'later',
    });
  };
  const remove = async (key: string): Promise<void> => {
    const name = nameOf(key);
    const answer = await send({ ...at('DELETE', name), writes: true });
    if (answer.status === 200 || (answer.status === 404 && isNotFound(answer))) return;
    throw refuse(answer, `deleting \`${name}\``);
  };
  /** Of those that carry our tag: a vault holds others' secrets too. */
  const keys = async (path = `/secrets?${version}&maxresults=25`): Promise<string[]> => {
    const answer = await send({ method: 'GET', path, api: '/secrets' });
    if (answer.status !== 200) throw refuse(answer, 'listing secrets');
    const list = fieldOf(answer.body, 'value');
    if (!Array.isArray(list)) throw strange(label, 'listing secrets');
    const ours = list.filter(each => fieldOf(each, 'tags', 'managed-by') === 'kaas');
    const names = ours.map(each => String(fieldOf(each, 'id')).split('/').at(-1) as string);
    const found = names.map(plainNames.toKey).filter(each => each !== undefined);
    const next = fieldOf(answer.body, 'nextLink');
    if (typeof next !== 'string' || next === '') return found;
    const { pathname, search } = new URL(next, connection.vaultUrl);
    return [...found, ...(await keys(pathname + search))];
  };

  return {
    requests: client.requests,
    get,
    getAll: wanted => eachKey(wanted, get),
    put: (key, value) => put(key, value),
    async putAll(values, uses) {
      await eachKey([...values.keys()], key => put(key, values.get(key) as Redacted, uses?.get(key)));
    },
    async deleteAll(gone) {
      await eachKey(gone, remove);
    },
    keys: async () => (await keys()).toSorted(),
    place: async key => `${connection.vaultUrl.replace(/\/+$/, '')}/secrets/${nameOf(key)}`,
    address: async key => `${hostOf(connection.vaultUrl)} ${nameOf(key)}`,
    async examine() {
      await get('kaas-doctor');
      return 'we may read; whether we may write is seen at the first write';
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** The vault's own word for a secret that is not there; a proxy's 404 is another. */
const isNotFound = ({ body }: RestAnswer): boolean => fieldOf(body, 'error', 'code') === 'SecretNotFound';
const innerCodeOf = ({ status, body }: RestAnswer) => (status === 409 ? fieldOf(body, 'error', 'innererror', 'code') : undefined);

/** A token by the OAuth 2.0 client credentials flow, or from the machine's identity. */
async function token({ label, audience, login, requestTimeoutMs }: AzureConnection): Promise<string> {
  const url = login.method === 'application' ? login.loginUrl : login.identityUrl;
  const timeout = requestTimeoutMs === undefined ? {} : { requestTimeoutMs };
  await using client = restClient({ label: `login of the ${label}`, url, ...timeout }, 'secrets', { quotes: false });
  const answer = await client.send(
    login.method === 'application' ? applicationRequest(login, audience) : identityRequest(login.clientId, audience),
  );
  const given = fieldOf(answer.body, 'access_token');
  if (answer.status === 200 && typeof given === 'string') return given;
  throw new Fault('secrets/not-authenticated', `The login of the ${label} was refused (${answer.status}).`, {
    remedy:
      login.method === 'application'
        ? 'Check `tenantId`, `clientId` and the secret or token of the application.'
        : 'Give this machine a managed identity, or write `tenantId`, `clientId` and a secret.',
  });
}

function applicationRequest(login: Extract<AzureLogin, { method: 'application' }>, audience: string): RestRequest {
  const proof: Record<string, string> =
    'clientSecret' in login.secret
      ? { client_secret: login.secret.clientSecret.reveal() }
      : {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: login.secret.federatedToken.reveal(),
        };
  return {
    method: 'POST',
    path: `/${login.tenantId}/oauth2/v2.0/token`,
    api: '/oauth2/v2.0/token',
    form: { grant_type: 'client_credentials', client_id: login.clientId, scope: `${audience}/.default`, ...proof },
  };
}

function identityRequest(clientId: string | undefined, audience: string): RestRequest {
  const query = new URLSearchParams({
    'api-version': '2018-02-01',
    resource: audience,
    ...(clientId === undefined ? {} : { client_id: clientId }),
  });
  const path = `/metadata/identity/oauth2/token?${query}`;
  return { method: 'GET', path, api: '/metadata/identity/oauth2/token', headers: { metadata: 'true' } };
}

const tagsOf = (key: string, use: SecretUse | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries({
      'managed-by': 'kaas',
      key,
      ...(use === undefined
        ? {}
        : {
            resource: use.resource,
            environment: use.environment,
            cluster: use.cluster,
            account: use.account,
            category: use.category,
            rotated: use.made,
          }),
    }).map(([name, value]) => [name, value.slice(0, 256)]),
  );
