import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** A preload that writes what the process used when it ends: CPU time of all its threads and the peak of its memory. */
const preload = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  if (process.env.BENCH_USAGE) {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMiB: maxRSS / 1024 }));
  }
});
`;

/** Runs a whole process and measures it; throws with its output when it fails. */
export async function measure(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'kaas-bench-usage-'));
  try {
    const usage = join(folder, 'usage.json');
    writeFileSync(join(folder, 'usage.mjs'), preload);
    const env = { ...process.env, ...environment, BENCH_USAGE: usage, NODE_OPTIONS: `--import=${join(folder, 'usage.mjs')}` };
    const started = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString().slice(0, 2_000)));
    const code = await new Promise(resolve => child.once('close', resolve));
    const wallMs = performance.now() - started;
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output}`);
    const { cpuMs, peakMiB } = JSON.parse(readFileSync(usage, 'utf8')) as { cpuMs: number; peakMiB: number };
    return { wallMs: Math.round(wallMs), cpuMs: Math.round(cpuMs), peakMiB: Math.round(peakMiB) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The run with the middle wall time of several. */
export async function median(runs: number, once: () => Promise<Figures>): Promise<Figures> {
  const all: Figures[] = [];
  for (let run = 0; run < runs; run++) all.push(await once());
  return all.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(runs / 2)] as Figures;
}
