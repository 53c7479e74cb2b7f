import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '#model/json.ts';
import type { SchemaRegistry, SubjectSchema, SubjectVersion } from '#ports/schema-registry.ts';
import { emptyRegistry, memorySchemaRegistry } from '#targets/memory/schema-registry.ts';
import { schemaJudge } from '../contracts/schema-judge.ts';

/** A registry that answers as the published API of Confluent's registry says, where Apicurio does otherwise. */
export interface ConfluentRegistry extends AsyncDisposable {
  readonly url: string;
  /** `METHOD /path?query` of every request. */
  readonly asked: string[];
}

type Answer = readonly [status: number, body: Json];
const no = (status: number, code: number, message: string): Answer => [status, { error_code: code, message }];
const unknownSubject = (subject: string) => no(404, 40401, `Subject '${subject}' not found.`);
const row = ({ type, text, references, ...rest }: SubjectVersion): JsonObject => ({
  ...rest,
  schema: text,
  ...(type === 'AVRO' ? {} : { schemaType: type }),
  ...(references.length === 0 ? {} : { references: references.map(each => ({ ...each })) }),
});

/** In memory, on the loopback address. `most` rows stand in one answer of a list, as `schema.search.max.limit` and `subject.search.max.limit` bound them. */
export async function confluentRegistry({ most = 1_000 } = {}): Promise<ConfluentRegistry> {
  const registry = memorySchemaRegistry(emptyRegistry(), schemaJudge);
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [status, body] = await answer(registry, most, request);
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function answer(registry: SchemaRegistry, most: number, request: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const url = new URL(request.url ?? '/', 'http://registry');
  const parts = (request.url ?? '').split('?')[0]?.slice(1).split('/').map(decodeURIComponent) ?? [];
  const body = text === '' ? {} : (JSON.parse(text) as JsonObject);
  const page = (rows: Json[]): Answer => {
    const [limit, offset] = ['limit', 'offset'].map(name => Number(url.searchParams.get(name) ?? 0)) as [number, number];
    return [200, rows.slice(offset, offset + (limit > 0 && limit <= most ? limit : most))];
  };
  if (parts[0] === 'schemas') return page([...(await registry.latest()).values()].map(row));
  if (parts[0] === 'subjects' && parts.length === 1) return page([...(await registry.latest()).keys()]);
  if (parts[0] === 'config' || parts[0] === 'mode')
    return setting(registry, parts[0], { subject: parts[1], method: request.method ?? '', body });
  if (parts[0] === 'compatibility') return checked(registry, schemaIn(parts[2] as string, url, body));
  return ofSubject(registry, request.method ?? '', { parts, wanted: schemaIn(parts[1] as string, url, body) });
}

const schemaIn = (subject: string, url: URL, body: JsonObject): SubjectSchema => ({
  subject,
  schema: {
    type: (body.schemaType ?? 'AVRO') as SubjectSchema['schema']['type'],
    text: String(body.schema),
    references: (body.references ?? []) as never,
  },
  normalize: url.searchParams.get('normalize') === 'true',
});

async function setting(
  registry: SchemaRegistry,
  family: 'config' | 'mode',
  { subject, method, body }: { subject: string | undefined; method: string; body: JsonObject },
): Promise<Answer> {
  const defaults = await registry.defaults();
  if (subject === undefined)
    return [200, family === 'config' ? { compatibilityLevel: defaults.compatibility } : { mode: defaults.mode }];
  const key = family === 'config' ? 'compatibility' : 'mode';
  const before = (await registry.settings([subject])).get(subject)?.[key] ?? null;
  const word = family === 'config' ? 'compatibilityLevel' : 'mode';
  if (method === 'PUT') {
    await registry.configure([{ subject, [key]: body[key] }]);
    return [200, { [key]: body[key] ?? null }];
  }
  if (before === null)
    return method === 'DELETE'
      ? unknownSubject(subject)
      : no(404, family === 'config' ? 40408 : 40409, `Subject '${subject}' does not have subject-level ${family} configured`);
  if (method === 'DELETE') await registry.configure([{ subject, [key]: null }]);
  return [200, { [word]: before }];
}

async function checked(registry: SchemaRegistry, wanted: SubjectSchema): Promise<Answer> {
  const [verdict] = await registry.check([wanted]);
  if (verdict?.ok === false) return no(422, 42201, verdict.fault.message);
  if ((await registry.versions([wanted.subject])).get(wanted.subject)?.length === 0) return unknownSubject(wanted.subject);
  const { compatible, messages } = verdict?.value ?? { compatible: true, messages: [] };
  return [200, { is_compatible: compatible, ...(compatible ? {} : { messages: [...messages] }) }];
}

async function ofSubject(
  registry: SchemaRegistry,
  method: string,
  { parts, wanted }: { parts: readonly string[]; wanted: SubjectSchema },
): Promise<Answer> {
  const [, subject = '', , version] = parts;
  const versions = (await registry.versions([subject])).get(subject) ?? [];
  if (method === 'POST' && parts.length === 3) {
    const [result] = await registry.register([wanted]);
    if (result?.ok) return [200, { id: Number((await versionOf(registry, subject, result.value))?.id) }];
    const { code = '', message = '' } = result?.fault ?? {};
    const refusals: Readonly<Record<string, readonly [number, number]>> = {
      'registry/incompatible': [409, 409],
      'registry/read-only': [422, 42205],
    };
    const [status, error] = refusals[code] ?? [422, 42201];
    return no(status, error, message);
  }
  if (versions.length === 0) return unknownSubject(subject);
  if (method === 'POST') {
    const [found] = await registry.find([wanted]);
    const known = found?.ok === true && found.value !== null ? await versionOf(registry, subject, found.value) : undefined;
    return known === undefined ? no(404, 40403, 'Schema not found') : [200, row(known)];
  }
  if (method === 'DELETE') {
    const [removed] = await registry.remove([subject]);
    return removed?.ok === false ? no(422, 42206, removed.fault.message) : [200, versions.map(each => each.version)];
  }
  if (parts[4] === 'referencedby') {
    const count = (await registry.referrers([subject])).get(subject) ?? 0;
    return [200, Array.from({ length: count }, (_, index) => index + 1)];
  }
  if (version === undefined) return [200, versions.map(each => each.version)];
  const one = version === 'latest' ? versions.at(-1) : versions.find(each => each.version === Number(version));
  return one === undefined ? no(404, 40402, `Version ${version} not found.`) : [200, row(one)];
}

const versionOf = async (registry: SchemaRegistry, subject: string, version: number): Promise<SubjectVersion | undefined> =>
  (await registry.versions([subject])).get(subject)?.find(each => each.version === version);
