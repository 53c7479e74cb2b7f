import type { Json, JsonObject } from '#model/json.ts';
import { type Answer, type Asked, type ContractServer, contractServer } from './http-server.ts';

interface Version {
  readonly data: JsonObject;
  deleted: boolean;
}

interface Policy {
  readonly below: string;
  readonly capabilities: readonly string[];
}

export interface VaultServer extends ContractServer {
  /** Values by path below the mount, all versions. */
  readonly secrets: Map<string, Version[]>;
  /** Tokens with what they may do; the root token may all. */
  readonly tokens: Map<string, readonly Policy[] | 'root'>;
  /** What the login methods take. */
  readonly logins: Map<string, (body: JsonObject) => readonly Policy[] | undefined>;
  sealed: boolean;
}

export interface VaultOptions {
  readonly mount?: string;
  readonly version?: '1' | '2';
  readonly namespace?: string;
  readonly rootToken: string;
}

/**
 * HashiCorp Vault and OpenBao as their published API documents describe them, as far as KV version 2 goes: states, error bodies, check-and-set, soft
 * deletion, policies, namespaces, AppRole and Kubernetes logins. No such server can be had where our tests run, so this is no proof against a real one.
 * Sources: developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2, …/system/internal-ui-mounts, …/system/capabilities-self, …/auth/approle, …/auth/kubernetes.
 */
export async function vaultServer({ mount = 'secret', version = '2', namespace, rootToken }: VaultOptions): Promise<VaultServer> {
  const secrets: VaultServer['secrets'] = new Map();
  const tokens: VaultServer['tokens'] = new Map([[rootToken, 'root']]);
  const logins: VaultServer['logins'] = new Map();
  let serial = 0;
  const may = (asked: Asked, path: string, capability: string): boolean => {
    const policies = tokens.get(String(asked.headers['x-vault-token']));
    if (policies === 'root') return true;
    return (policies ?? []).some(each => path.startsWith(each.below) && each.capabilities.includes(capability));
  };
  const capabilities = (asked: Asked, path: string): string[] => {
    if (tokens.get(String(asked.headers['x-vault-token'])) === 'root') return ['root'];
    const found = ['create', 'read', 'update', 'delete', 'list'].filter(each => may(asked, path, each));
    return found.length === 0 ? ['deny'] : found;
  };

  const data = (asked: Asked, path: string): Answer => {
    const versions = secrets.get(path) ?? [];
    const newest = versions.at(-1);
    if (asked.method === 'GET') {
      if (newest === undefined) return notFound;
      return {
        status: newest.deleted ? 404 : 200,
        body: { data: { data: newest.deleted ? null : newest.data, metadata: metadata(versions.length, newest) } },
      };
    }
    if (asked.method === 'DELETE') {
      if (newest !== undefined) newest.deleted = true;
      return { status: 204 };
    }
    const { options, data: given } = asked.body as { options?: { cas?: number }; data: JsonObject };
    if (options?.cas !== undefined && options.cas !== versions.length)
      return refused(400, 'check-and-set parameter did not match the current version');
    secrets.set(path, [...versions, { data: given, deleted: false }]);
    return { status: 200, body: { data: metadata(versions.length + 1, { deleted: false }) } };
  };
  const listing = (path: string): Answer => {
    const below = [...secrets.keys()].filter(each => each.startsWith(path)).map(each => each.slice(path.length));
    const keys = [...new Set(below.map(each => each.replace(/\/.*$/, '/')))].toSorted();
    return keys.length === 0 ? notFound : { status: 200, body: { data: { keys } } };
  };
  const kv = (asked: Asked, path: string): Answer => {
    const [part = ''] = path.split('/');
    const rest = path.slice(part.length + 1);
    const listed = asked.query.get('list') === 'true' || asked.method === 'LIST';
    const needed = listed
      ? 'list'
      : asked.method === 'GET'
        ? 'read'
        : asked.method === 'DELETE'
          ? 'delete'
          : secrets.has(rest)
            ? 'update'
            : 'create';
    if (!may(asked, `${mount}/${path}`, needed)) return denied;
    if (part === 'data') return data(asked, rest);
    if (part !== 'metadata') return notFound;
    if (listed) return listing(rest === '' || rest.endsWith('/') ? rest : `${rest}/`);
    const versions = secrets.get(rest);
    if (versions === undefined) return notFound;
    return {
      status: 200,
      body: {
        data: {
          current_version: versions.length,
          versions: Object.fromEntries(versions.map((each, index) => [String(index + 1), metadata(index + 1, each) as Json])),
        },
      },
    };
  };
  const answer = (asked: Asked): Answer => {
    if (state.sealed) return refused(503, 'Vault is sealed');
    if (asked.headers['x-vault-namespace'] !== namespace) return refused(404, 'no handler for route');
    const path = asked.path.replace(/^\/v1\//, '');
    const login = /^auth\/(.+)\/login$/.exec(path)?.[1];
    if (login !== undefined) {
      const policies = logins.get(login)?.(asked.body as JsonObject);
      if (policies === undefined) return refused(400, 'invalid role or secret ID');
      const token = `hvs.login${++serial}`;
      tokens.set(token, policies);
      return { status: 200, body: { auth: { client_token: token, lease_duration: 3600, renewable: true } } };
    }
    if (!tokens.has(String(asked.headers['x-vault-token']))) return denied;
    if (path === `sys/internal/ui/mounts/${mount}`)
      return { status: 200, body: { data: { type: 'kv', path: `${mount}/`, options: { version } } } };
    if (path.startsWith('sys/internal/ui/mounts/')) return refused(403, 'preflight capability check returned 403');
    if (path === 'sys/capabilities-self') {
      const paths = (asked.body as { paths: string[] }).paths;
      return { status: 200, body: { data: Object.fromEntries(paths.map(each => [each, capabilities(asked, each)])) } };
    }
    if (path.startsWith(`${mount}/`)) return kv(asked, path.slice(mount.length + 1));
    return refused(404, `no handler for route "${path}". route entry not found.`);
  };
  const server = await contractServer(answer);
  const state: VaultServer = Object.assign(server, { secrets, tokens, logins, sealed: false });
  return state;
}

const refused = (status: number, message: string): Answer => ({ status, body: { errors: [message] } });
const denied = refused(403, '1 error occurred:\n\t* permission denied\n\n');
const notFound: Answer = { status: 404, body: { errors: [] } };

const metadata = (version: number, { deleted }: Pick<Version, 'deleted'>): JsonObject => ({
  version,
  created_time: '2026-01-01T00:00:00Z',
  deletion_time: deleted ? '2026-01-02T00:00:00Z' : '',
  destroyed: false,
});
