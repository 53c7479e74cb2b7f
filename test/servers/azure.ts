import type { JsonObject } from '#model/json.ts';
import { type Answer, type Asked, type ContractServer, contractServer } from './http-server.ts';

interface Kept {
  readonly versions: JsonObject[];
  deleted: boolean;
}

export interface AzureServer extends ContractServer {
  readonly secrets: Map<string, Kept>;
  /** Tokens that it takes now. */
  readonly tokens: Set<string>;
}

export interface AzureOptions {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly federatedToken: string;
}

/**
 * An Azure Key Vault with its authority and the machine's identity endpoint on one address, as the published REST reference describes them: names without
 * regard to case, versions, soft deletion and recovery, pages, error bodies. No such vault can be had where our tests run.
 * Sources: learn.microsoft.com/rest/api/keyvault/secrets (7.4), …/entra/identity-platform/v2-oauth2-client-creds-grant-flow, …/managed-identities.
 */
export async function azureServer(options: AzureOptions): Promise<AzureServer> {
  const secrets: AzureServer['secrets'] = new Map();
  const tokens: AzureServer['tokens'] = new Set();
  let serial = 0;
  const give = (): Answer => {
    const token = `azure-token-${++serial}`;
    tokens.add(token);
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
  };
  const authority = (asked: Asked): Answer => {
    const form = new URLSearchParams(asked.text);
    const proven =
      form.get('client_secret') === options.clientSecret ||
      (form.get('client_assertion') === options.federatedToken &&
        form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const right = form.get('client_id') === options.clientId && form.get('scope') === 'https://vault.azure.net/.default';
    if (proven && right && form.get('grant_type') === 'client_credentials') return give();
    return {
      status: 401,
      body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' },
    };
  };
  const one = (asked: Asked, name: string): Answer => {
    const kept = secrets.get(name.toLowerCase());
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) return refused(400, 'BadParameter');
    if (asked.method === 'PUT') {
      if (kept?.deleted) return refused(409, 'Conflict', 'ObjectIsDeletedButRecoverable');
      const bundle = { ...(asked.body as JsonObject), id: `${server.url}/secrets/${name}/${++serial}` };
      secrets.set(name.toLowerCase(), { versions: [...(kept?.versions ?? []), bundle], deleted: false });
      return { status: 200, body: bundle };
    }
    if (kept === undefined || kept.deleted) return refused(404, 'SecretNotFound');
    if (asked.method === 'DELETE') kept.deleted = true;
    return { status: 200, body: kept.versions.at(-1) as JsonObject };
  };
  const list = ({ query }: Asked): Answer => {
    const all = [...secrets].filter(([, kept]) => !kept.deleted);
    const [start, size] = [Number(query.get('$skiptoken') ?? 0), Math.min(Number(query.get('maxresults') ?? 25), 25)];
    const value = all.slice(start, start + size).map(([name, { versions }]) => ({
      id: `${server.url}/secrets/${name}`,
      tags: versions.at(-1)?.tags ?? {},
    }));
    const nextLink =
      start + size < all.length ? `${server.url}/secrets?api-version=7.4&$skiptoken=${start + size}&maxresults=${size}` : null;
    return { status: 200, body: { value, nextLink } };
  };
  const server: ContractServer = await contractServer((asked): Answer => {
    if (asked.path === `/${options.tenantId}/oauth2/v2.0/token`) return authority(asked);
    if (asked.path === '/metadata/identity/oauth2/token')
      return asked.headers.metadata === 'true' && asked.query.get('resource') === 'https://vault.azure.net'
        ? give()
        : { status: 400, body: { error: 'invalid_request' } };
    if (!tokens.has(/^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '')) return refused(401, 'Unauthorized');
    if (asked.query.get('api-version') !== '7.4') return refused(400, 'BadParameter');
    const recovered = /^\/deletedsecrets\/([^/]+)\/recover$/.exec(asked.path)?.[1];
    if (recovered !== undefined) {
      const kept = secrets.get(recovered.toLowerCase());
      if (kept?.deleted !== true) return refused(404, 'SecretNotFound');
      setTimeout(() => (kept.deleted = false), 50);
      return { status: 200, body: { id: `${server.url}/secrets/${recovered}` } };
    }
    if (asked.path === '/secrets') return list(asked);
    const name = /^\/secrets\/([^/]+)$/.exec(asked.path)?.[1];
    return name === undefined ? refused(404, 'NotFound') : one(asked, name);
  });
  return Object.assign(server, { secrets, tokens });
}

const refused = (status: number, code: string, inner?: string): Answer => ({
  status,
  body: { error: { code, message: `(${code})`, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
});
