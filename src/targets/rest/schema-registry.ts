import { Fault } from '#model/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { EndpointConnection } from '#ports/connection.ts';
import type { SchemaRegistry, SchemaType, SubjectVersion } from '#ports/schema-registry.ts';
import { apicurioAt } from './apicurio.ts';
import { messageOf, type RestAnswer, type RestRequest, restClient } from './client.ts';
import { eachResult, inParallel } from './in-parallel.ts';
import {
  compatibilityIn,
  hintOn,
  modeIn,
  objectIn,
  refusals,
  saysAbsent,
  schemaBody,
  subjectVersion,
} from './registry-answers.ts';

/** A registry that speaks Confluent's REST API, whichever made it: Confluent's own, Apicurio (under `/apis/ccompat/v8`), Karapace, Redpanda. */
export function openSchemaRegistry(connection: EndpointConnection): SchemaRegistry {
  const client = restClient(connection, 'registry');
  const apicurio = apicurioAt(connection);
  const { host, pathname } = new URL(connection.url);
  const refusal = (answer: RestAnswer, about: string, type?: SchemaType): Fault => {
    const { error_code: code } = objectIn(answer.body);
    const name = refusals[Number(code)] ?? refusals[answer.status] ?? `status-${answer.status}`;
    const message = messageOf(answer.body);
    // What a registry says it lacks has its own code; this comes from something else, or from a wrong place in it.
    if (answer.status === 404 && !saysAbsent(answer.body))
      return new Fault(
        'registry/not-found',
        `The ${connection.label} at ${host}${pathname} knows no such path (404), ${about}: ${message}`,
        {
          remedy:
            'Check the path of its `url`: that of the Confluent API, below which `/subjects` answers (Apicurio has it at `/apis/ccompat/v8`).',
        },
      );
    return new Fault(`registry/${name}`, `${about}: ${message}${hintOn(message, type)}`, {
      ...(answer.status === 429 ? { retry: 'later' as const, retryAfterMs: answer.retryAfterMs } : {}),
    });
  };
  /** Undefined where the registry itself says that it has none; any other 404 comes from something in between, or from a wrong path in the URL. */
  const ask = async (request: RestRequest, about: string): Promise<Json | undefined> => {
    const answer = await client.send(request);
    if (answer.status === 404 && saysAbsent(answer.body)) return undefined;
    if (answer.status >= 400) throw refusal(answer, about);
    return answer.body;
  };
  const must = async (request: RestRequest, about: string, type?: SchemaType): Promise<Json> => {
    const answer = await client.send(request);
    if (answer.status >= 400) throw refusal(answer, about, type);
    return answer.body ?? null;
  };
  const under = (family: string, subject: string, rest = '', query = '') => ({
    path: `/${family}/${segment(subject)}${rest}${query}`,
    api: `/${family}/{subject}${rest.replace(/\/\d+(?=\/|$)/, '/{version}')}`,
  });
  const noList = (what: string) =>
    new Fault('registry/no-list', `The ${connection.label} answered ${what} with something else than a list.`);

  const one = async (subject: string, version: number | 'latest'): Promise<SubjectVersion | undefined> => {
    const body = await ask({ method: 'GET', ...under('subjects', subject, `/versions/${version}`) }, `reading ${subject}`);
    return body === undefined ? undefined : subjectVersion(body);
  };
  const numbersOf = async (subject: string): Promise<number[]> => {
    const list = await ask({ method: 'GET', ...under('subjects', subject, '/versions') }, `listing the versions of ${subject}`);
    if (list === undefined) return [];
    if (!Array.isArray(list)) throw noList(`the versions of ${subject}`);
    return list.map(Number);
  };
  /**
   * A whole list in its pages, each row once, whatever a registry gives at once: Apicurio and Confluent's give 1,000 without a word that there are more. A registry
   * that knows no pages answers all, and then the same again. Throws where an answer is no list.
   */
  async function* pagesOf<Row>(path: string, read: (row: Json) => readonly [string, Row]): AsyncGenerator<Map<string, Row>> {
    const seen = new Set<string>();
    for (let more = true; more; ) {
      const asked = `${path}${path.includes('?') ? '&' : '?'}limit=${mostRows}&offset=${seen.size}`;
      const page = await must({ method: 'GET', path: asked, api: path }, `listing ${path}`);
      if (!Array.isArray(page)) throw noList(path);
      const rows = new Map(page.map(read).filter(([name]) => !seen.has(name)));
      for (const name of rows.keys()) seen.add(name);
      if (rows.size > 0) yield rows;
      more = page.length >= leastPage && rows.size > 0;
    }
  }
  const names = () => pagesOf('/subjects', row => [String(row), row]);
  const latestRows = async (hear: Hear | undefined): Promise<Map<string, SubjectVersion>> => {
    const rows = new Map<string, SubjectVersion>();
    for await (const page of pagesOf(latestOnly, row => heard(subjectVersion(row), hear)))
      for (const [subject, version] of page) rows.set(subject, version);
    return rows;
  };
  /** Can all latest versions be had in one list? Some registries have none; Apicurio's leaves out whose schemas they are, and costs it a look at all of them. */
  const lists = async (): Promise<boolean> => {
    if (apicurio !== undefined) return false;
    const { status, body } = await client.send({ method: 'GET', path: `${latestOnly}&limit=1`, api: `${latestOnly}&limit=1` });
    if (status >= 400) return false;
    if (!Array.isArray(body)) throw noList(latestOnly);
    return body.every(each => objectIn(each).subject !== undefined);
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

  const release = async (): Promise<string | undefined> => {
    if (apicurio !== undefined) return apicurio.release();
    const version = '/v1/metadata/version';
    const { status, body } = await client.send({ method: 'GET', path: version, api: version });
    const said = objectIn(body).version;
    return status < 400 && typeof said === 'string' ? `Confluent Schema Registry ${said}` : undefined;
  };

  return {
    requests: client.requests,
    async describe() {
      let subjects = 0;
      for await (const page of names()) subjects += page.size;
      try {
        return { subjects, release: (await release()) ?? null };
      } catch (error) {
        if (error instanceof Fault) return { subjects, release: null };
        throw error;
      }
    },
    async latest(of, hear) {
      if (await lists()) return latestRows(hear);
      const reading: Promise<[string, SubjectVersion][][]>[] = [];
      // The first page's versions are read while the second is asked for; the client bounds how many requests are under way.
      for await (const page of names()) {
        const asked = of === undefined ? [...page.keys()] : [...page.keys()].filter(name => of.has(name));
        const versions = inParallel(asked, async subject => {
          const version = await one(subject, 'latest');
          return version === undefined ? [] : [heard(version, hear)];
        });
        versions.catch(() => {});
        reading.push(versions);
      }
      return new Map((await Promise.all(reading)).flat(2));
    },
    async versions(subjects) {
      const found = await inParallel(subjects, async (subject): Promise<[string, readonly SubjectVersion[]]> => {
        const versions = await inParallel(await numbersOf(subject), version => one(subject, version));
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
        const refused = compatible === false ? undefined : await apicurio?.refusalOf(schema);
        if (refused !== undefined)
          throw new Fault('registry/invalid', `checking ${subject}: ${refused}${hintOn(refused, schema.type)}`);
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
        const sent = { method: 'POST', ...request, body: schemaBody(schema), writes: true } as const;
        const body = await must(sent, `registering ${subject}`, schema.type);
        const version = objectIn(body).version;
        if (typeof version === 'number') return version;
        // Apicurio and older registries name the id alone; the latest version may be another one than ours.
        const lookup = { method: 'POST', ...under('subjects', subject, '', `?normalize=${normalize}`) } as const;
        try {
          return subjectVersion(await must({ ...lookup, body: schemaBody(schema) }, `looking for ${subject}`)).version;
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          throw new Fault('registry/outcome-unknown', `Registering ${subject} was answered without a version. ${error.message}`, {
            cause: error,
          });
        }
      }),
    configure: settings =>
      eachResult(settings, async ({ subject, compatibility, mode }) => {
        if (compatibility !== undefined) await set('config', subject, compatibility === null ? null : { compatibility });
        if (mode !== undefined) await set('mode', subject, mode === null ? null : { mode });
      }),
    async referrers(subjects) {
      const found = await inParallel(subjects, async subject => {
        const lists = await inParallel(await numbersOf(subject), async version => {
          const request = under('subjects', subject, `/versions/${version}/referencedby`);
          const ids = await ask({ method: 'GET', ...request }, `asking who refers to ${subject}`);
          return Array.isArray(ids) ? ids : [];
        });
        return [subject, new Set(lists.flat()).size] as const;
      });
      return new Map(found);
    },
    remove: subjects =>
      eachResult(subjects, async subject => {
        await ask({ method: 'DELETE', ...under('subjects', subject), writes: true }, `deleting ${subject}`);
        // Confluent's registry takes the settings away with the subject; Apicurio keeps them for whoever registers it again.
        await set('config', subject, null);
        await set('mode', subject, null);
      }),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await apicurio?.[Symbol.asyncDispose]();
    },
  };
}

/** No registry that we know of ends a page before it holds so many. */
const leastPage = 1_000;
const mostRows = 1_000_000;
const latestOnly = '/schemas?latestOnly=true';

type Hear = (version: SubjectVersion) => void;

function heard(version: SubjectVersion, hear: Hear | undefined): [string, SubjectVersion] {
  hear?.(version);
  return [version.subject, version];
}

/** A subject as one part of a path: neither slashes nor dots of it move in the path. */
const segment = (subject: string): string =>
  /^\.{1,2}$/.test(subject) ? subject.replaceAll('.', '%2E') : encodeURIComponent(subject.toWellFormed());
