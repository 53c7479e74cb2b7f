import { createHash } from 'node:crypto';
import { Fault } from '#model/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import { Redacted } from '#model/redacted.ts';
import type { RequestCounts, TlsMaterial } from '#ports/connection.ts';
import type { Secrets, SecretUse } from '#ports/secrets.ts';
import { type RestAnswer, restClient } from '../client.ts';
import { inParallel } from '../in-parallel.ts';
import { eachKey, fieldOf, hostOf, refusal, strange, withLogin } from './asking.ts';
import { subdomainNames } from './names.ts';

/** One namespace of a Kubernetes API server. `label` is whose it is, for messages. */
export interface KubernetesConnection {
  readonly label: string;
  readonly url: string;
  readonly namespace: string;
  /** The key of a Secret that holds the value. */
  readonly field: string;
  /** Read anew when the server does not know it any more: a pod's token is replaced every hour. */
  readonly token: () => Promise<Redacted>;
  readonly labels: Readonly<Record<string, string>>;
  readonly tls?: TlsMaterial;
  readonly requestTimeoutMs?: number;
}

const managed = 'app.kubernetes.io/managed-by';
const nameLimit = 253;
const pageSize = 500;

/**
 * A store of one Secret per key (https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/), of the type and layout that the
 * Service Binding specification (https://servicebinding.io/spec/core/1.1.0/) gives to Kafka. A Secret is created, or merge-patched at the resource version
 * that we read; what others put into it stays.
 */
export function openKubernetes(
  connection: KubernetesConnection,
): Secrets & AsyncDisposable & { readonly requests: RequestCounts } {
  const { label, namespace, field } = connection;
  const client = restClient({ ...connection, token: undefined }, 'secrets', { quotes: false });
  const send = withLogin(
    client,
    async () => ({ authorization: `Bearer ${(await connection.token()).reveal()}` }),
    () => false,
  );
  const all = { path: `/api/v1/namespaces/${namespace}/secrets`, api: '/api/v1/namespaces/{namespace}/secrets' };
  const at = (name: string) => ({ path: `${all.path}/${name}`, api: `${all.api}/{name}` });
  const versions = new Map<string, string>();
  const nameOf = (key: string): string => {
    const name = subdomainNames.toName(key);
    if (name !== '' && name.length <= nameLimit) return name;
    throw new Fault(
      'secrets/bad-name',
      `The ${label}: \`${key}\` makes a name of ${name.length} signs, and Kubernetes takes 1 to ${nameLimit}.`,
      {
        remedy: 'Choose a shorter `deliverTo.key`.',
      },
    );
  };
  const rights = 'A Role there must allow get, list, create, patch and delete on secrets.';

  const read = async (key: string): Promise<JsonObject | undefined> => {
    const name = nameOf(key);
    const about = `reading the Secret ${namespace}/${name}`;
    const answer = await send({ method: 'GET', ...at(name) });
    if (answer.status === 404) {
      if (!isNotFound(answer)) throw strange(label, about);
      versions.set(key, '');
      return undefined;
    }
    if (answer.status !== 200) throw refusal(label, answer, about, rights);
    const version = fieldOf(answer.body, 'metadata', 'resourceVersion');
    if (fieldOf(answer.body, 'kind') !== 'Secret' || typeof version !== 'string') throw strange(label, about);
    versions.set(key, version);
    const data = fieldOf(answer.body, 'data');
    return isJsonObject(data ?? null) ? (data as JsonObject) : {};
  };
  const get = async (key: string): Promise<Redacted | undefined> => {
    const data = await read(key);
    if (data === undefined) return undefined;
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    if (typeof value === 'string') return new Redacted(Buffer.from(value, 'base64').toString());
    throw new Fault('secrets/no-field', `The ${label}: the Secret ${namespace}/${nameOf(key)} has no \`${field}\`.`, {
      remedy: `Its keys are ${Object.keys(data).toSorted().join(', ') || 'none'}. Name the right one in \`spec.field\` of the SecretStore.`,
    });
  };
  const put = async (key: string, value: Redacted, use?: SecretUse): Promise<void> => {
    const name = nameOf(key);
    if (!versions.has(key)) await read(key);
    const version = versions.get(key) as string;
    versions.delete(key);
    const data = Object.fromEntries(
      Object.entries({ ...use?.fields, [field]: value.reveal() }).map(([each, text]) => [
        each,
        Buffer.from(text).toString('base64'),
      ]),
    );
    const metadata = { name, ...describing(key, { use, labels: connection.labels }) };
    const about = `writing the Secret ${namespace}/${name}`;
    const answer =
      version === ''
        ? await send({
            method: 'POST',
            ...all,
            body: {
              apiVersion: 'v1',
              kind: 'Secret',
              type: use === undefined ? 'Opaque' : 'servicebinding.io/kafka',
              metadata,
              data,
            },
            writes: true,
          })
        : await send({
            method: 'PATCH',
            ...at(name),
            headers: { 'content-type': 'application/merge-patch+json' },
            body: { metadata: { ...metadata, resourceVersion: version }, data },
            writes: true,
          });
    if (answer.status === 409) throw conflict(label, about);
    if (answer.status !== 200 && answer.status !== 201) throw refusal(label, answer, about, rights);
    const written = fieldOf(answer.body, 'metadata', 'resourceVersion');
    if (typeof written !== 'string') throw strange(label, about);
    versions.set(key, written);
  };
  const remove = async (key: string): Promise<void> => {
    const name = nameOf(key);
    versions.delete(key);
    const answer = await send({ method: 'DELETE', ...at(name), writes: true });
    if (answer.status === 404 && isNotFound(answer)) return;
    if (answer.status !== 200 && answer.status !== 202)
      throw refusal(label, answer, `deleting the Secret ${namespace}/${name}`, rights);
  };
  /** Of those that carry our label: a namespace holds others' Secrets too. */
  const keys = async (from?: string): Promise<string[]> => {
    const more = from === undefined ? '' : `&continue=${encodeURIComponent(from)}`;
    const query = `?labelSelector=${encodeURIComponent(`${managed}=kaas`)}&limit=${pageSize}${more}`;
    const about = `listing the Secrets of ${namespace}`;
    const answer = await send({ method: 'GET', ...all, path: all.path + query });
    if (answer.status !== 200) throw refusal(label, answer, about, rights);
    const items = fieldOf(answer.body, 'items');
    if (!Array.isArray(items)) throw strange(label, about);
    const found = items
      .map(each => subdomainNames.toKey(String(fieldOf(each, 'metadata', 'name'))))
      .filter(each => each !== undefined);
    const next = fieldOf(answer.body, 'metadata', 'continue');
    return typeof next === 'string' && next !== '' ? [...found, ...(await keys(next))] : found;
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
    place: async key => `Secret ${namespace}/${nameOf(key)}, key ${field}`,
    address: async key => `${hostOf(connection.url)} ${namespace}/${nameOf(key)}`,
    async examine() {
      const asked = await inParallel(['get', 'create', 'patch', 'delete'], async verb => {
        const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
        const spec = { resourceAttributes: { namespace, verb, resource: 'secrets' } };
        const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
        const answer = await send({ method: 'POST', path, api: path, body });
        if (answer.status !== 201 && answer.status !== 200) throw refusal(label, answer, 'asking for our rights');
        const allowed = fieldOf(answer.body, 'status', 'allowed');
        if (typeof allowed !== 'boolean') throw strange(label, 'asking for our rights');
        return { verb, allowed };
      });
      const lacking = asked.filter(each => !each.allowed).map(each => each.verb);
      if (lacking.length === 0) return `namespace ${namespace}: we may get, create, patch and delete Secrets`;
      throw new Fault(
        'secrets/not-authorized',
        `The ${label}: our login may not ${lacking.join(', ')} Secrets in ${namespace}.`,
        {
          remedy: `kubectl -n ${namespace} create role kaas --resource=secrets --verb=get,list,create,patch,delete, and a rolebinding to our service account.`,
        },
      );
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** The API server's own word for a Secret that is not there; a proxy's 404 is another. */
const isNotFound = ({ body }: RestAnswer): boolean =>
  fieldOf(body, 'kind') === 'Status' && fieldOf(body, 'reason') === 'NotFound' && fieldOf(body, 'details', 'kind') === 'secrets';

const conflict = (label: string, about: string): Fault =>
  new Fault('secrets/conflict', `The ${label}, ${about}: somebody else wrote it since we read it. Nothing was overwritten.`, {
    retry: 'now',
    remedy: 'Run it again: it starts from what stands there now.',
  });

/** What a Secret is for, as labels to select by and, unshortened, as annotations. */
function describing(
  key: string,
  { use, labels }: { use: SecretUse | undefined; labels: Readonly<Record<string, string>> },
): Readonly<Record<'labels' | 'annotations', Record<string, Json>>> {
  const said: Readonly<Record<string, string>> =
    use === undefined
      ? {}
      : {
          'kaas.dev/resource': use.resource,
          'kaas.dev/environment': use.environment,
          'kaas.dev/cluster': use.cluster,
          'kaas.dev/account': use.account,
          'kaas.dev/category': use.category,
          'kaas.dev/rotated': use.made,
        };
  const short = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, labelValue(value)]));
  return { labels: { ...labels, ...short, [managed]: 'kaas' }, annotations: { ...said, 'kaas.dev/key': key } };
}

/** Label values are 63 signs at most, of fewer kinds; one that does not fit is shortened, its digest behind it. */
function labelValue(value: string): string {
  if (/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/.test(value)) return value;
  const kept = value
    .replaceAll(/[^A-Za-z0-9._-]/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 50);
  return `${kept === '' ? 'x' : kept}-${createHash('sha256').update(value).digest('hex').slice(0, 8)}`;
}
