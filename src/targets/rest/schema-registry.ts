import { Fault } from '#model/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { EndpointConnection } from '#ports/connection.ts';
import {
  type Compatibility,
  compatibilities,
  type SchemaReference,
  type SchemaRegistry,
  type SchemaText,
  type SchemaType,
  type SubjectMode,
  type SubjectVersion,
} from '#ports/schema-registry.ts';
import { messageOf, type RestAnswer, type RestRequest, restClient } from './client.ts';
import { eachResult, inParallel } from './in-parallel.ts';

/** A registry that speaks Confluent's REST API, whichever made it: Confluent's own, Apicurio (under `/apis/ccompat/v8`), Karapace, Redpanda. */
export function openSchemaRegistry(connection: EndpointConnection): SchemaRegistry {
  const client = restClient(connection, 'registry');
  const refusal = (answer: RestAnswer, about: string): Fault => {
    const codes: Readonly<Record<number, string>> = {
      403: 'authorization-failed',
      404: 'not-found',
      409: 'incompatible',
      422: 'invalid',
      429: 'throttled',
    };
    return new Fault(`registry/${codes[answer.status] ?? `status-${answer.status}`}`, `${about}: ${messageOf(answer.body)}`, {
      ...(answer.status === 429 ? { retry: 'later' as const, retryAfterMs: answer.retryAfterMs } : {}),
    });
  };
  /** Undefined for 404, whose meaning is the caller's. */
  const ask = async (request: RestRequest, about: string): Promise<Json | undefined> => {
    const answer = await client.send(request);
    if (answer.status === 404) return undefined;
    if (answer.status >= 400) throw refusal(answer, about);
    return answer.body;
  };
  const must = async (request: RestRequest, about: string): Promise<Json> => {
    const answer = await client.send(request);
    if (answer.status >= 400) throw refusal(answer, about);
    return answer.body ?? null;
  };
  const under = (family: string, subject: string, rest = '', query = '') => ({
    path: `/${family}/${encodeURIComponent(subject)}${rest}${query}`,
    api: `/${family}/{subject}${rest.replace(/\/\d+$/, '/{version}')}`,
  });
  const noList = (what: string) =>
    new Fault('registry/no-list', `The ${connection.label} answered ${what} with something else than a list.`);

  const one = async (subject: string, version: number | 'latest'): Promise<SubjectVersion | undefined> => {
    const body = await ask({ method: 'GET', ...under('subjects', subject, `/versions/${version}`) }, `reading ${subject}`);
    return body === undefined ? undefined : subjectVersion(body);
  };
  /** All latest versions in one answer; undefined where the registry has no such list, or leaves out whose schemas they are, as Apicurio does. */
  const listed = async (): Promise<Map<string, SubjectVersion> | undefined> => {
    const request = (limit: string) => ({
      method: 'GET' as const,
      path: `/schemas?latestOnly=true${limit}`,
      api: '/schemas?latestOnly=true',
    });
    const first = await ask(request('&limit=1'), 'listing schemas');
    if (!Array.isArray(first) || first.some(each => objectIn(each).subject === undefined)) return undefined;
    const body = first.length === 1 ? await must(request(''), 'listing schemas') : first;
    if (!Array.isArray(body)) throw noList('/schemas');
    return new Map(body.map(subjectVersion).map(each => [each.subject, each]));
  };
  const setting = async (family: 'config' | 'mode', subject: string): Promise<JsonObject | undefined> => {
    const body = await ask({ method: 'GET', ...under(family, subject) }, `reading the ${family} of ${subject}`);
    return isJsonObject(body) ? body : undefined;
  };
  const set = async (family: 'config' | 'mode', subject: string, value: JsonObject | null): Promise<void> => {
    const request = { ...under(family, subject), writes: true };
    if (value === null) await ask({ method: 'DELETE', ...request }, `resetting the ${family} of ${subject}`);
    else await must({ method: 'PUT', ...request, body: value }, `setting the ${family} of ${subject}`);
  };

  return {
    requests: client.requests,
    async latest(of) {
      const all = await listed();
      if (all !== undefined) return all;
      const path = '/subjects';
      const existing = await must({ method: 'GET', path, api: path }, 'listing subjects');
      if (!Array.isArray(existing)) throw noList(path);
      const asked = of === undefined ? existing.map(String) : existing.map(String).filter(name => of.has(name));
      const found = await inParallel(asked, subject => one(subject, 'latest'));
      return new Map(found.filter(each => each !== undefined).map(each => [each.subject, each]));
    },
    async versions(subjects) {
      const found = await inParallel(subjects, async (subject): Promise<[string, readonly SubjectVersion[]]> => {
        const list = await ask(
          { method: 'GET', ...under('subjects', subject, '/versions') },
          `listing the versions of ${subject}`,
        );
        if (list === undefined) return [subject, []];
        if (!Array.isArray(list)) throw noList(`the versions of ${subject}`);
        const versions = await inParallel(list.map(Number), version => one(subject, version));
        return [subject, versions.filter(each => each !== undefined)];
      });
      return new Map(found);
    },
    async settings(subjects) {
      const found = await inParallel(subjects, async subject => {
        const [config, mode] = [await setting('config', subject), await setting('mode', subject)];
        return [subject, { compatibility: compatibilityIn(config), mode: modeIn(mode) }] as const;
      });
      return new Map(found);
    },
    async defaults() {
      const [config, mode] = await Promise.all([
        must({ method: 'GET', path: '/config', api: '/config' }, 'reading the global compatibility'),
        must({ method: 'GET', path: '/mode', api: '/mode' }, 'reading the global mode'),
      ]);
      return { compatibility: compatibilityIn(objectIn(config)) ?? 'BACKWARD', mode: modeIn(objectIn(mode)) ?? 'READWRITE' };
    },
    check: schemas =>
      eachResult(schemas, async ({ subject, schema, normalize }) => {
        const request = under('compatibility/subjects', subject, '/versions/latest', `?verbose=true&normalize=${normalize}`);
        const body = await ask({ method: 'POST', ...request, body: schemaBody(schema) }, `checking ${subject}`);
        const { is_compatible: compatible, messages } = objectIn(body);
        // A subject without versions (404) accepts any valid schema.
        if (body !== undefined && typeof compatible !== 'boolean') throw noList(`the check of ${subject}`);
        return { compatible: compatible !== false, messages: Array.isArray(messages) ? messages.map(String) : [] };
      }),
    find: schemas =>
      eachResult(schemas, async ({ subject, schema, normalize }) => {
        const request = under('subjects', subject, '', `?normalize=${normalize}`);
        const body = await ask({ method: 'POST', ...request, body: schemaBody(schema) }, `looking for a schema of ${subject}`);
        return body === undefined ? null : subjectVersion(body).version;
      }),
    register: schemas =>
      eachResult(schemas, async ({ subject, schema, normalize }) => {
        const request = under('subjects', subject, '/versions', `?normalize=${normalize}`);
        const body = await must({ method: 'POST', ...request, body: schemaBody(schema), writes: true }, `registering ${subject}`);
        const version = objectIn(body).version;
        return typeof version === 'number' ? version : ((await one(subject, 'latest'))?.version ?? 0);
      }),
    configure: settings =>
      eachResult(settings, async ({ subject, compatibility, mode }) => {
        if (compatibility !== undefined) await set('config', subject, compatibility === null ? null : { compatibility });
        if (mode !== undefined) await set('mode', subject, mode === null ? null : { mode });
      }),
    remove: subjects =>
      eachResult(subjects, async subject => {
        await ask({ method: 'DELETE', ...under('subjects', subject), writes: true }, `deleting ${subject}`);
      }),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

const objectIn = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

const schemaBody = ({ type, text, references }: SchemaText): JsonObject => ({
  schema: text,
  schemaType: type,
  ...(references.length === 0 ? {} : { references: references.map(each => ({ ...each })) }),
});

function subjectVersion(value: Json): SubjectVersion {
  const { subject, version, id, schemaType, schema, references } = objectIn(value);
  if (typeof subject !== 'string' || typeof schema !== 'string' || typeof version !== 'number')
    throw new Fault('registry/half-an-answer', 'The schema registry named a schema without subject, version or text.');
  return {
    subject,
    version,
    id: Number(id),
    type: (schemaType ?? 'AVRO') as SchemaType,
    text: schema,
    references: (Array.isArray(references) ? references : []) as unknown as SchemaReference[],
  };
}

/** Confluent answers `compatibilityLevel`, and takes `compatibility`. */
function compatibilityIn(config: JsonObject | undefined): Compatibility | null {
  const level = config?.compatibilityLevel ?? config?.compatibility;
  return compatibilities.find(each => each === level) ?? null;
}

function modeIn(body: JsonObject | undefined): SubjectMode | null {
  const modes: readonly SubjectMode[] = ['READWRITE', 'READONLY', 'IMPORT'];
  return modes.find(each => each === body?.mode) ?? null;
}
