import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

const time = '/usr/bin/time';

/** Where there is no `/usr/bin/time`: a preload that writes what the process used when it ends. */
const preload = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(process.env.BENCH_USAGE, [userCPUTime / 1e6, systemCPUTime / 1e6, maxRSS].join(' '));
});
`;

/** Runs a whole process, beginning with its start, and measures it; throws with its output when it fails. */
export async function measure(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'kaas-bench-usage-'));
  try {
    const usage = join(folder, 'usage');
    const timed = existsSync(time);
    if (!timed) writeFileSync(join(folder, 'usage.mjs'), preload);
    const own = timed ? {} : { BENCH_USAGE: usage, NODE_OPTIONS: `--import=${join(folder, 'usage.mjs')}` };
    const [program, rest] = timed ? [time, ['-f', '%U %S %M', '-o', usage, command, ...args]] : [command, args];
    const started = performance.now();
    const child = spawn(program, rest, { env: { ...process.env, ...environment, ...own }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output = `${output}${chunk}`.slice(-4_000)));
    const code = await new Promise(resolve => child.once('close', resolve));
    const wallMs = performance.now() - started;
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output}`);
    const [user = 0, system = 0, kibibytes = 0] = readFileSync(usage, 'utf8').trim().split(' ').map(Number);
    return {
      wallMs: Math.round(wallMs),
      cpuMs: Math.round((user + system) * 1_000),
      peakMiB: Math.round(kibibytes / 1_024),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The run with the middle wall time. */
const median = <Run extends Figures>(all: readonly Run[]): Run =>
  all.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(all.length / 2)] as Run;

/** Measures several things in turns, so that a noisy neighbour disturbs all alike, and gives the median of each. */
export async function inTurns<Runs extends readonly (() => Promise<Figures>)[]>(
  rounds: number,
  ...runs: Runs
): Promise<{ [Index in keyof Runs]: Awaited<ReturnType<Runs[Index]>> }> {
  const all = runs.map(() => [] as Figures[]);
  for (let round = 0; round < rounds; round++) for (const [index, run] of runs.entries()) all[index]?.push(await run());
  return all.map(median) as { [Index in keyof Runs]: Awaited<ReturnType<Runs[Index]>> };
}
