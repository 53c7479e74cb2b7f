import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, type Dispatcher } from 'undici';
import { parseAllDocuments } from 'yaml';
import { parseSchema } from '../src/schemas/index.ts';
import { schemaText } from './schema-texts.ts';

const atOnce = 16;
/** Apicurio keeps one answer of some 200,000 to itself: the run takes so much longer then, and is not the median. */
const lostAfterMs = 10_000;

/**
 * What no program on these clients and parsers can beat, as in bench/floor.ts, for what stands beside Kafka.
 *
 *     node bench/floor-beside.ts latest PREFIX           the subjects, and the latest version of those with the prefix: sixteen requests at a time
 *     node bench/floor-beside.ts register PREFIX COUNT   three versions of so many subjects: made before a measurement
 *     node bench/floor-beside.ts connectors              all connectors with configuration and status, in the one request that Connect has for it
 *     node bench/floor-beside.ts parse FOLDER            no server: parses every YAML file and every schema file of a folder
 */
const [job, subject = '', detail = ''] = process.argv.slice(2);
if (job === 'parse') parseFolder(subject);
else if (job === 'connectors') await readConnectors();
else await onRegistry();

function parseFolder(folder: string): void {
  const types = { avsc: 'AVRO', proto: 'PROTOBUF', json: 'JSON' } as const;
  let parsed = 0;
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = types[file.slice(file.lastIndexOf('.') + 1) as keyof typeof types];
    if (file.endsWith('.yaml')) for (const each of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) each.toJS();
    else if (type !== undefined) {
      if (!parseSchema(type, readFileSync(join(folder, file), 'utf8')).ok) throw new Error(`${file} cannot be parsed.`);
      parsed++;
    }
  }
  console.log(parsed);
}

type Send = (method: Dispatcher.HttpMethod, path: string, body?: object) => Promise<unknown>;

/** Requests on at most sixteen connections that are kept open. */
function client(address: string | undefined): { readonly send: Send; readonly close: () => Promise<void> } {
  const url = new URL(address ?? '');
  const agent = new Agent({ connections: atOnce, pipelining: 1, headersTimeout: lostAfterMs });
  const send: Send = async (method, path, body) => {
    const request = {
      origin: url.origin,
      path: url.pathname.replace(/\/$/, '') + path,
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    };
    const { statusCode, body: answer } = await agent.request(request).catch(error => {
      if (error.code === 'UND_ERR_HEADERS_TIMEOUT') return agent.request(request);
      throw error;
    });
    const text = await answer.text();
    if (statusCode >= 400) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return JSON.parse(text);
  };
  return { send, close: () => agent.close() };
}

async function readConnectors(): Promise<void> {
  const { send, close } = client(process.env.BENCH_CONNECT);
  console.log(Object.keys((await send('GET', '/connectors?expand=info&expand=status')) as object).length);
  await close();
}

async function onRegistry(): Promise<void> {
  const { send, close } = client(process.env.BENCH_REGISTRY);
  if (job === 'register')
    await inTurns(Number(detail), async index => {
      for (const version of [1, 2, 3])
        await send('POST', `/subjects/${subject}shop.topic-${index}-value/versions`, {
          schemaType: 'AVRO',
          schema: schemaText('AVRO', index, version),
        });
    });
  else {
    const subjects = ((await send('GET', '/subjects?limit=1000000')) as string[]).filter(name => name.startsWith(subject));
    await inTurns(subjects.length, async index => void (await send('GET', `/subjects/${subjects[index]}/versions/latest`)));
    console.log(subjects.length);
  }
  await close();
}

/** At most sixteen at a time. */
async function inTurns(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
