import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { Fault } from '#model/fault.ts';
import type { Json, JsonObject } from '#model/json.ts';
import { Redacted } from '#model/redacted.ts';
import type { RequestCounts } from '#ports/connection.ts';
import type { Secrets, SecretUse } from '#ports/secrets.ts';
import { type RestAnswer, restClient } from '../client.ts';
import { eachKey, fieldOf, hostOf, strange } from './asking.ts';
import { pathNames } from './names.ts';

/** AWS Secrets Manager in one region. `label` is whose it is, for messages. */
export interface AwsConnection {
  readonly label: string;
  readonly region: string;
  /** `https://secretsmanager.<region>.amazonaws.com`, or another that speaks the same. */
  readonly endpoint: string;
  /** Goes before every name, with a slash; empty: none. */
  readonly prefix: string;
  /** Values are JSON objects with the secret in this field; undefined: plain text. */
  readonly field: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: Redacted;
  readonly sessionToken?: Redacted;
  readonly requestTimeoutMs?: number;
}

/** The service's word → ours, where it is not a matter of one call. */
const refusals: Readonly<Record<string, string>> = {
  AccessDeniedException: 'not-authorized',
  UnrecognizedClientException: 'not-authenticated',
  InvalidClientTokenId: 'not-authenticated',
  InvalidSignatureException: 'not-authenticated',
  SignatureDoesNotMatch: 'not-authenticated',
  IncompleteSignatureException: 'not-authenticated',
  MissingAuthenticationTokenException: 'not-authenticated',
  ExpiredTokenException: 'not-authenticated',
  ResourceNotFoundException: 'not-found',
  ResourceExistsException: 'conflict',
  ThrottlingException: 'throttled',
};
const throttledTries = 6;
/** Of CreateSecret; a longer one is "not found" as long as it is only read. */
const nameLimit = 512;

/**
 * A store on AWS Secrets Manager (https://docs.aws.amazon.com/secretsmanager/latest/apireference/), spoken to directly: requests are signed by Signature
 * Version 4. An overwritten value stays as AWSPREVIOUS, a deleted one can be restored for 30 days; the service has no conditional write.
 */
export function openAws(connection: AwsConnection): Secrets & AsyncDisposable & { readonly requests: RequestCounts } {
  const { label, field, prefix } = connection;
  const client = restClient({ ...connection, url: connection.endpoint }, 'secrets', { quotes: false });
  const nameOf = (key: string): string => {
    const name = `${prefix === '' ? '' : `${prefix}/`}${pathNames.toName(key)}`;
    if (name.length <= nameLimit) return name;
    throw new Fault(
      'secrets/bad-name',
      `The ${label}: \`${key}\` makes a name of ${name.length} signs, and AWS takes 1 to ${nameLimit}.`,
      { remedy: 'Choose a shorter `key`.' },
    );
  };
  const ask = async (operation: string, body: JsonObject, writes = false): Promise<RestAnswer> => {
    for (let attempt = 1; ; attempt++) {
      const request = { method: 'POST', path: '/', api: operation, body, writes } as const;
      const answer = await client.send({ ...request, headers: await signed(connection, operation, JSON.stringify(body)) });
      if (codeOf(answer) !== 'ThrottlingException' || attempt === throttledTries) return answer;
      await sleep(100 * 2 ** attempt * (0.5 + Math.random()));
    }
  };
  const failure = (answer: RestAnswer, operation: string, name: string): Fault => {
    const said = codeOf(answer);
    const code = said === undefined ? undefined : (refusals[said] ?? 'refused');
    if (code === undefined) return strange(label, `${operation} of \`${name}\` (${answer.status})`);
    return new Fault(`secrets/${code}`, `The ${label}, ${operation} of \`${name}\`: ${said}.`, {
      ...(code === 'throttled' ? { retry: 'later' as const } : {}),
      ...(code === 'not-authorized' ? { remedy: `Our policy must allow secretsmanager:${operation} on it.` } : {}),
      ...(code === 'not-authenticated' ? { remedy: 'Check the access key, its secret, the session and the region.' } : {}),
    });
  };
  const must = async (operation: string, name: string, more: JsonObject, writes = false): Promise<Json> => {
    const answer = await ask(operation, { ...more, SecretId: name }, writes);
    if (answer.status !== 200) throw failure(answer, operation, name);
    if (fieldOf(answer.body, 'Name') !== name && fieldOf(answer.body, 'ARN') === undefined && operation !== 'TagResource')
      throw strange(label, `${operation} of \`${name}\``);
    return answer.body ?? null;
  };
  /** "Invalid request" has many reasons; that a secret is marked as deleted is asked for. */
  const isDeleted = async (answer: RestAnswer, name: string): Promise<boolean> =>
    codeOf(answer) === 'InvalidRequestException' &&
    fieldOf((await must('DescribeSecret', name, {})) as Json, 'DeletedDate') !== undefined;

  const get = async (key: string): Promise<Redacted | undefined> => {
    const name = nameOf(key);
    const answer = await ask('GetSecretValue', { SecretId: name });
    if (codeOf(answer) === 'ResourceNotFoundException' || (await isDeleted(answer, name))) return undefined;
    if (answer.status !== 200) throw failure(answer, 'GetSecretValue', name);
    const text = fieldOf(answer.body, 'SecretString');
    if (typeof text !== 'string') throw strange(label, `GetSecretValue of \`${name}\``);
    return field === undefined ? new Redacted(text) : inField(text, { label, name, field });
  };
  const put = async (key: string, value: Redacted, use?: SecretUse): Promise<void> => {
    const name = nameOf(key);
    const text = field === undefined ? value.reveal() : JSON.stringify({ ...use?.fields, [field]: value.reveal() });
    const content = { SecretString: text, ClientRequestToken: randomUUID() };
    const tags = tagsOf(use);
    const standing = await ask('DescribeSecret', { SecretId: name });
    if (codeOf(standing) === 'ResourceNotFoundException') {
      const made = await ask('CreateSecret', { Name: name, ...content, Tags: tags }, true);
      if (made.status !== 200) throw failure(made, 'CreateSecret', name);
      if (fieldOf(made.body, 'ARN') === undefined) throw strange(label, `CreateSecret of \`${name}\``);
      return;
    }
    if (standing.status !== 200) throw failure(standing, 'DescribeSecret', name);
    if (fieldOf(standing.body, 'DeletedDate') !== undefined) await must('RestoreSecret', name, {}, true);
    const written = await must('PutSecretValue', name, content, true);
    if (fieldOf(written, 'VersionId') === undefined) throw strange(label, `PutSecretValue of \`${name}\``);
    if (use !== undefined) await must('TagResource', name, { Tags: tags }, true);
  };
  const remove = async (key: string): Promise<void> => {
    const name = nameOf(key);
    const answer = await ask('DeleteSecret', { SecretId: name }, true);
    if (answer.status === 200 || codeOf(answer) === 'ResourceNotFoundException' || (await isDeleted(answer, name))) return;
    throw failure(answer, 'DeleteSecret', name);
  };
  const keys = async (from?: string): Promise<string[]> => {
    const start = prefix === '' ? '' : `${prefix}/`;
    const answer = await ask('ListSecrets', {
      MaxResults: 100,
      ...(start === '' ? {} : { Filters: [{ Key: 'name', Values: [start] }] }),
      ...(from === undefined ? {} : { NextToken: from }),
    });
    const list = fieldOf(answer.body, 'SecretList');
    if (answer.status !== 200) throw failure(answer, 'ListSecrets', start);
    if (!Array.isArray(list)) throw strange(label, 'ListSecrets');
    const names = list.map(each => String(fieldOf(each, 'Name'))).filter(each => each.startsWith(start));
    const found = names.map(each => pathNames.toKey(each.slice(start.length))).filter(each => each !== undefined);
    const next = fieldOf(answer.body, 'NextToken');
    return typeof next === 'string' ? [...found, ...(await keys(next))] : found;
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
    place: async key => `${nameOf(key)} in ${connection.region}${field === undefined ? '' : `, field ${field}`}`,
    address: async key => `${hostOf(connection.endpoint)} ${connection.region} ${nameOf(key)}`,
    async examine() {
      await get('kaas-doctor');
      return `${connection.region}: we may read${prefix === '' ? '' : ` below ${prefix}`}; whether we may write is seen at the first write`;
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** The error that the service names, where it has the form of one. */
function codeOf({ status, body }: RestAnswer): string | undefined {
  const said = String(fieldOf(body, '__type') ?? '')
    .split('#')
    .at(-1) as string;
  return status >= 400 && /^[A-Za-z]{1,60}$/.test(said) ? said : undefined;
}

async function signed(connection: AwsConnection, operation: string, body: string): Promise<Record<string, string>> {
  const { region, accessKeyId, secretAccessKey, sessionToken } = connection;
  const plain = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` };
  const { headers } = await new AwsV4Signer({
    method: 'POST',
    url: `${connection.endpoint.replace(/\/+$/, '')}/`,
    headers: plain,
    body,
    service: 'secretsmanager',
    region,
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
  }).sign();
  return { ...Object.fromEntries(headers), ...plain };
}

function inField(text: string, { label, name, field }: { label: string; name: string; field: string }): Redacted {
  const value = fieldOf(jsonOf(text), field);
  if (typeof value === 'string') return new Redacted(value);
  throw new Fault('secrets/no-field', `The ${label}: \`${name}\` is no JSON object with a text in \`${field}\`.`, {
    remedy: 'Name the right field in `spec.field` of the SecretStore, or leave it out for plain text.',
  });
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Tag values take letters, digits, spaces and a few signs. */
const tagsOf = (use: SecretUse | undefined): Json[] =>
  Object.entries({
    'managed-by': 'kaas',
    ...(use === undefined
      ? {}
      : {
          'kaas:resource': use.resource,
          'kaas:environment': use.environment,
          'kaas:cluster': use.cluster,
          'kaas:account': use.account,
          'kaas:category': use.category,
          'kaas:rotated': use.made,
        }),
  }).map(([Key, value]) => ({ Key, Value: value.replaceAll(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256) }));
