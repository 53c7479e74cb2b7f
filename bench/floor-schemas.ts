import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, type Dispatcher } from 'undici';
import { parseAllDocuments } from 'yaml';
import { parseSchema } from '../src/schemas/index.ts';
import { schemaText } from './schema-texts.ts';

const atOnce = 16;

/**
 * What no program on these clients and parsers can beat, as in bench/floor.ts, for schemas.
 *
 *     node bench/floor-schemas.ts latest PREFIX           the subjects, and the latest version of those with the prefix: sixteen requests at a time
 *     node bench/floor-schemas.ts register PREFIX COUNT   three versions of so many subjects: made before a measurement
 *     node bench/floor-schemas.ts parse FOLDER            no registry: parses every YAML file and every schema file of a folder
 */
const [job, subject = '', detail = ''] = process.argv.slice(2);
if (job === 'parse') parseFolder(subject);
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

async function onRegistry(): Promise<void> {
  const url = new URL(process.env.BENCH_REGISTRY ?? '');
  const agent = new Agent({ connections: atOnce, pipelining: 1 });
  const send = async (method: Dispatcher.HttpMethod, path: string, body?: object): Promise<unknown> => {
    const { statusCode, body: answer } = await agent.request({
      origin: url.origin,
      path: url.pathname + path,
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode >= 400) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return JSON.parse(text);
  };
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
  await agent.close();
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
