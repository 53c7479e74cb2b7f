import { Fault } from '#model/fault.ts';
import { isJsonObject } from '#model/json.ts';
import type { EndpointConnection } from '#ports/connection.ts';
import type { SchemaText } from '#ports/schema-registry.ts';
import { restClient } from './client.ts';

/** Where Apicurio speaks as Confluent's registry does; its own interface stands beside it. */
const compatiblePath = /\/apis\/ccompat\/v\d+\/*$/;

/** What Apicurio's own interface says beside the one of Confluent. */
interface Apicurio extends AsyncDisposable {
  /** Product and release; undefined where it does not say. */
  release(): Promise<string | undefined>;
  /** Why it would refuse the text, in its words; undefined where it would not, or gives no verdict. Never throws for what the registry answers, or does not. */
  refusalOf(schema: SchemaText): Promise<string | undefined>;
}

/**
 * Apicurio calls any text compatible with a subject that has no version, and refuses it when it comes: a text whose language it cannot guess, or guesses
 * otherwise. A dry run (its REST interface, version 3: `dryRun`) says so before. Undefined for any other registry.
 */
export function apicurioAt(connection: EndpointConnection): Apicurio | undefined {
  if (!compatiblePath.test(connection.url)) return undefined;
  const client = restClient({ ...connection, url: connection.url.replace(compatiblePath, '/apis/registry/v3') }, 'registry');
  const api = '/groups/default/artifacts?dryRun=true';
  return {
    async release() {
      const { body } = await client.send({ method: 'GET', path: '/system/info', api: '/system/info' });
      const { name, version } = isJsonObject(body ?? null) ? (body as Record<string, unknown>) : {};
      return typeof name === 'string' ? `${name} ${version}` : undefined;
    },
    async refusalOf({ type, text, references }) {
      const content = {
        content: text,
        contentType: type === 'PROTOBUF' ? 'application/x-protobuf' : 'application/json',
        references: references.map(each => ({
          name: each.name,
          groupId: 'default',
          artifactId: each.subject,
          version: String(each.version),
        })),
      };
      try {
        const { status, body } = await client.send({
          method: 'POST',
          path: api,
          api,
          // Under a name that Apicurio makes up: its own interface takes fewer names than a subject may have.
          body: { firstVersion: { content } },
        });
        const { title, artifact } = isJsonObject(body ?? null) ? (body as Record<string, unknown>) : {};
        if (status === 400 || status === 422) return typeof title === 'string' ? title.slice(0, 2_000) : 'it gave no reason';
        const guessed = (artifact as { artifactType?: unknown } | undefined)?.artifactType;
        return typeof guessed === 'string' && guessed !== type
          ? `Given schema is not from type: ${type}, but ${guessed}.`
          : undefined;
      } catch (error) {
        if (error instanceof Fault) return undefined;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
