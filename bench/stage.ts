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
}

/** What must hold; only what is named is judged. */
export interface Target {
  /** Wall time in multiples of `against`. */
  readonly ratio?: number;
  readonly wallMs?: number;
  readonly peakMiB?: number;
  readonly writes?: number;
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

  /** The schema registry beside the broker. */
  async registry(): Promise<void> {
    await this.kafka();
    const folder = join(this.folder, 'kafka');
    await startBeside(folder, ['schema-registry']);
    this.#environment = { ...this.#environment, BENCH_REGISTRY: besideUrl(folder, 'schema-registry') ?? '' };
  }

  /** Writes a landscape, or writes it anew, and returns its folder. */
  landscape(name: string, options: Omit<BenchLandscape, 'bootstrap' | 'user' | 'registry'>): string {
    const folder = join(this.folder, name);
    const {
      BENCH_BOOTSTRAP: bootstrap = '127.0.0.1:1',
      BENCH_USER: user = 'nobody',
      BENCH_REGISTRY: registry,
    } = this.#environment;
    writeBenchLandscape(folder, { ...options, bootstrap, user, ...(registry === undefined ? {} : { registry }) });
    return folder;
  }

  /** One run of the bundled `kaas`, with the requests that it sent. */
  async kaas(...args: string[]): Promise<Ours> {
    const log = join(this.folder, 'requests.json');
    rmSync(log, { force: true });
    const figures = await measure(join(root, 'bin/kaas'), args, { ...this.#environment, KAAS_REQUEST_LOG: log });
    const text = existsSync(log) ? readFileSync(log, 'utf8') : '{"byApi":{},"writes":0}';
    const { byApi, writes } = JSON.parse(text) as { byApi: Record<string, number>; writes: number };
    return { ...figures, requests: Object.values(byApi).reduce((sum, each) => sum + each, 0), writes };
  }

  /** One run of the floor, bundled like `kaas`, so that the two differ in what they do and not in how they start. */
  floor(...args: string[]): Promise<Figures> {
    return this.#bundled('floor', args);
  }

  /** The same of what concerns schemas. */
  schemaFloor(...args: string[]): Promise<Figures> {
    return this.#bundled('floor-schemas', args);
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
      (target.writes === undefined || ours.writes <= target.writes);
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
