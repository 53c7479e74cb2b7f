import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { bundling, modules } from '../scripts/build.ts';
import { besideUrl, bootstrapServers, startBeside, startKafka, stopKafka } from '../src/targets/processes/index.ts';
import { type BenchLandscape, writeBenchLandscape } from './landscape.ts';
import { type Figures, measure } from './measure.ts';

export const root = join(import.meta.dirname, '..');

export interface Ours extends Figures {
  readonly requests: number;
  readonly writes: number;
  /** Of them to a registry or a Connect worker. */
  readonly beside: number;
}

/** What must hold; only what is named is judged. */
export interface Target {
  /** Wall time in multiples of `against`. */
  readonly ratio?: number;
  readonly wallMs?: number;
  readonly peakMiB?: number;
  readonly writes?: number;
  /** Requests to what stands beside Kafka. */
  readonly beside?: number;
}

export interface Result extends Ours {
  readonly name: string;
  readonly size: number;
  readonly floor: Figures | null;
  /** What the ratio compares with. */
  readonly against: 'floor' | 'no-change plan' | null;
  readonly ratio: number | null;
  readonly target: Target;
  readonly met: boolean;
  readonly commit: string;
  readonly machine: string;
  readonly date: string;
}

export type NewResult = Pick<Result, 'name' | 'size' | 'target'> & {
  readonly ours: Ours;
  readonly floor?: Figures;
  readonly against?: 'floor' | 'no-change plan';
};

/** Where benchmarks run: a folder in memory and, from the first use on, one real broker. */
export class Stage implements AsyncDisposable {
  readonly folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kaas-bench-'));
  readonly results: Result[] = [];
  #environment: Readonly<Record<string, string>> = { NO_COLOR: '1' };

  async kafka(): Promise<void> {
    if ('BENCH_BOOTSTRAP' in this.#environment) return;
    const started = await startKafka({ directory: join(this.folder, 'kafka'), name: 'bench', brokers: 1 });
    this.#environment = {
      ...this.#environment,
      BENCH_BOOTSTRAP: bootstrapServers(started)[0] ?? '',
      BENCH_USER: started.adminUser,
      BENCH_PASSWORD: started.adminPassword.reveal(),
    };
  }

  /** A schema registry or a Connect worker beside the broker. */
  async beside(server: 'schema-registry' | 'connect'): Promise<void> {
    await this.kafka();
    const folder = join(this.folder, 'kafka');
    await startBeside(folder, [server]);
    const variable = server === 'connect' ? 'BENCH_CONNECT' : 'BENCH_REGISTRY';
    this.#environment = { ...this.#environment, [variable]: besideUrl(folder, server) ?? '' };
  }

  /** Writes a landscape, or writes it anew, and returns its folder. */
  landscape(name: string, options: Omit<BenchLandscape, 'bootstrap' | 'user' | 'registry' | 'connect'>): string {
    const folder = join(this.folder, name);
    const {
      BENCH_BOOTSTRAP: bootstrap = '127.0.0.1:1',
      BENCH_USER: user = 'nobody',
      BENCH_REGISTRY: registry,
      BENCH_CONNECT: connect,
    } = this.#environment;
    writeBenchLandscape(folder, { ...options, bootstrap, user, registry, connect });
    return folder;
  }

  /** One run of the bundled `kaas`, with the requests that it sent. */
  async kaas(...args: string[]): Promise<Ours> {
    const log = join(this.folder, 'requests.json');
    rmSync(log, { force: true });
    const figures = await measure(join(root, 'bin/kaas'), args, { ...this.#environment, KAAS_REQUEST_LOG: log });
    const text = existsSync(log) ? readFileSync(log, 'utf8') : '{"byApi":{},"writes":0}';
    const { byApi, writes } = JSON.parse(text) as { byApi: Record<string, number>; writes: number };
    const sum = (counted: readonly (readonly [string, number])[]) => counted.reduce((all, [, each]) => all + each, 0);
    const requests = Object.entries(byApi);
    return { ...figures, requests: sum(requests), writes, beside: sum(requests.filter(([api]) => /^[A-Z]+ \//.test(api))) };
  }

  /** One run of the floor, bundled like `kaas`, so that the two differ in what they do and not in how they start. */
  floor(...args: string[]): Promise<Figures> {
    return this.#bundled('floor', args);
  }

  /** The same of what stands beside Kafka. */
  floorBeside(...args: string[]): Promise<Figures> {
    return this.#bundled('floor-beside', args);
  }

  async #bundled(name: string, args: readonly string[]): Promise<Figures> {
    if (!existsSync(join(this.folder, `${name}.js`)))
      await build({ ...bundling, input: { [name]: `bench/${name}.ts` }, output: { ...modules, dir: this.folder } });
    return measure(process.execPath, [join(this.folder, `${name}.js`), ...args], this.#environment);
  }

  record({ name, size, ours, floor, against = 'floor', target }: NewResult): void {
    const ratio = floor === undefined ? null : Number((ours.wallMs / floor.wallMs).toFixed(2));
    const met =
      (target.ratio === undefined || (ratio !== null && ratio <= target.ratio)) &&
      (target.wallMs === undefined || ours.wallMs <= target.wallMs) &&
      (target.peakMiB === undefined || ours.peakMiB <= target.peakMiB) &&
      (target.writes === undefined || ours.writes <= target.writes) &&
      (target.beside === undefined || ours.beside <= target.beside);
    const result: Result = {
      name,
      size,
      ...ours,
      floor: floor ?? null,
      against: floor === undefined ? null : against,
      ratio,
      target,
      met,
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
      machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
      date: new Date().toISOString().slice(0, 10),
    };
    this.results.push(result);
    console.log(JSON.stringify(result));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopKafka(join(this.folder, 'kafka'), { forget: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
