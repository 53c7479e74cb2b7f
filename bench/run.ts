import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { bootstrapServers, startKafka, stopKafka } from '../src/targets/processes/index.ts';
import { writeBenchLandscape } from './landscape.ts';
import { type Figures, measure, median } from './measure.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kaas-bench-'));
const kafka = await startKafka({ directory: join(folder, 'kafka'), name: 'bench', brokers: 1 });
const environment = {
  BENCH_BOOTSTRAP: bootstrapServers(kafka)[0] ?? '',
  BENCH_USER: kafka.adminUser,
  BENCH_PASSWORD: kafka.adminPassword.reveal(),
  NO_COLOR: '1',
};
const results: string[] = [];

/** `kaas` in a landscape, with the requests that it sent. */
async function kaas(landscape: string, args: string[], runs: number) {
  const log = join(folder, 'requests.json');
  rmSync(log, { force: true });
  const figures = await median(runs, () =>
    measure(join(root, 'bin/kaas'), ['-C', landscape, ...args], { ...environment, KAAS_REQUEST_LOG: log }),
  );
  const requests = JSON.parse(readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '{}') as {
    byApi: Record<string, number>;
    writes: number;
  };
  return { ...figures, requests: Object.values(requests.byApi).reduce((sum, each) => sum + each, 0), writes: requests.writes };
}

const floor = (args: string[], runs: number): Promise<Figures> =>
  median(runs, () => measure(process.execPath, [join(root, 'bench/floor.ts'), ...args], environment));

function record(name: string, size: number, ours: Awaited<ReturnType<typeof kaas>>, least: Figures, target: number): void {
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const line = {
    name,
    size,
    ...ours,
    floor: least,
    ratio: Number((ours.wallMs / least.wallMs).toFixed(2)),
    target,
    commit,
    machine,
    date: new Date().toISOString().slice(0, 10),
  };
  results.push(JSON.stringify(line));
  console.log(JSON.stringify(line));
}

try {
  for (const size of [1_000, 5_000]) {
    const landscape = join(folder, `topics-${size}`);
    const prefix = `n${size}.`;
    writeBenchLandscape(landscape, { prefix, topics: size, bootstrap: environment.BENCH_BOOTSTRAP, user: kafka.adminUser });
    const created = await kaas(landscape, ['apply', 'dev', '--yes', '-o', 'name'], 1);
    record(
      'create topics (validate, plan and apply)',
      size,
      created,
      await floor(['create', `floor${size}.`, String(size)], 1),
      1.2,
    );
    record(
      'no-change plan',
      size,
      await kaas(landscape, ['plan', 'dev', '-o', 'name'], 3),
      await floor(['plan', prefix], 3),
      1.5,
    );
  }
  mkdirSync(join(root, 'docs'), { recursive: true });
  appendFileSync(join(root, 'bench/results.jsonl'), `${results.join('\n')}\n`);
  writeFileSync(join(folder, 'done'), '');
} finally {
  await stopKafka(join(folder, 'kafka'), { forget: true });
  rmSync(folder, { recursive: true, force: true });
}
