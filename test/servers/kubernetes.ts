import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import { type Answer, type Asked, type ContractServer, contractServer } from './http-server.ts';

export interface KubernetesServer extends ContractServer {
  readonly secrets: Map<string, JsonObject>;
  /** Tokens with the verbs that their roles allow on secrets. */
  readonly tokens: Map<string, readonly string[]>;
}

/**
 * The part of a Kubernetes API server that keeps Secrets of one namespace, as the published API reference describes it: names, types, base64, resource
 * versions, merge patches, Status objects, label selectors, pages, access reviews. No such server can be had where our tests run.
 * Sources: kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1, …/reference/using-api/api-concepts, …/authorization-resources.
 */
export async function kubernetesServer(namespace: string): Promise<KubernetesServer> {
  const secrets: KubernetesServer['secrets'] = new Map();
  const tokens: KubernetesServer['tokens'] = new Map();
  let version = 100;
  const stored = (name: string, secret: JsonObject): JsonObject => {
    const metadata = { ...(secret.metadata as JsonObject), name, namespace, resourceVersion: String(++version) };
    const made = { ...secret, apiVersion: 'v1', kind: 'Secret', metadata };
    secrets.set(name, made);
    return made;
  };
  const create = (given: JsonObject): Answer => {
    const { name } = given.metadata as { name: string };
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) || name.length > 253)
      return status(422, 'Invalid', name);
    if (!isSound(given)) return status(422, 'Invalid', name);
    if (secrets.has(name)) return status(409, 'AlreadyExists', name);
    return { status: 201, body: stored(name, given) };
  };
  const patch = (name: string, asked: Asked): Answer => {
    const standing = secrets.get(name);
    if (asked.headers['content-type'] !== 'application/merge-patch+json') return status(415, 'UnsupportedMediaType', name);
    if (standing === undefined) return status(404, 'NotFound', name);
    const wanted = (asked.body as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== (standing.metadata as JsonObject).resourceVersion)
      return status(409, 'Conflict', name);
    const merged = merge(standing, asked.body) as JsonObject;
    return isSound(merged) ? { status: 200, body: stored(name, merged) } : status(422, 'Invalid', name);
  };
  const list = ({ query }: Asked): Answer => {
    const [label = '', value] = (query.get('labelSelector') ?? '').split('=');
    const labelsOf = (secret: JsonObject) => ((secret.metadata as JsonObject).labels ?? {}) as JsonObject;
    const found = [...secrets.values()].filter(each => label === '' || labelsOf(each)[label] === value);
    const start = Number(query.get('continue') ?? 0);
    const limit = Math.min(Number(query.get('limit') ?? 500), 7);
    const more = start + limit < found.length ? String(start + limit) : '';
    return {
      status: 200,
      body: { kind: 'SecretList', apiVersion: 'v1', metadata: { continue: more }, items: found.slice(start, start + limit) },
    };
  };
  const one = (asked: Asked, name: string): Answer => {
    const standing = secrets.get(name);
    if (asked.method === 'PATCH') return patch(name, asked);
    if (standing === undefined) return status(404, 'NotFound', name);
    if (asked.method === 'DELETE') secrets.delete(name);
    return asked.method === 'DELETE'
      ? { status: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } }
      : { status: 200, body: standing };
  };
  const verbs: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' };
  return Object.assign(
    await contractServer((asked): Answer => {
      const allowed = tokens.get(/^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '');
      if (allowed === undefined) return status(401, 'Unauthorized', '');
      if (asked.path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
        const { spec } = asked.body as { spec: { resourceAttributes: { verb: string; namespace: string; resource: string } } };
        const { verb, resource } = spec.resourceAttributes;
        return { status: 201, body: { status: { allowed: resource === 'secrets' && allowed.includes(verb) } } };
      }
      const [, place, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/(.+))?$/.exec(asked.path) ?? [];
      if (place === undefined) return { status: 404, body: { message: 'page not found' } };
      const verb = name === undefined && asked.method === 'GET' ? 'list' : (verbs[asked.method] ?? '');
      if (place !== namespace || !allowed.includes(verb)) return status(403, 'Forbidden', name ?? '');
      if (name !== undefined) return one(asked, name);
      return asked.method === 'POST' ? create(asked.body as JsonObject) : list(asked);
    }),
    { secrets, tokens },
  );
}

const status = (code: number, reason: string, name: string): Answer => ({
  status: code,
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: `secrets "${name}": ${reason}`,
    details: { name, kind: 'secrets' },
  },
});

/** Values in base64, keys and labels of the allowed signs. */
function isSound({ data, metadata }: JsonObject): boolean {
  const labels = Object.values(((metadata as JsonObject).labels ?? {}) as JsonObject);
  return (
    Object.entries((data ?? {}) as JsonObject).every(
      ([key, value]) => /^[-._a-zA-Z0-9]{1,253}$/.test(key) && Buffer.from(String(value), 'base64').toString('base64') === value,
    ) && labels.every(value => /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(String(value)) && String(value).length <= 63)
  );
}

/** RFC 7386. */
function merge(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key] ?? null, value);
  return merged;
}
