import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps: Readonly<Record<string, readonly string[]>> = {
  format: ['biome', 'check', '.'],
  types: ['tsc', '-p', '.'],
  lint: ['oxlint', 'src', 'test', 'scripts', 'bench'],
  unused: ['knip'],
  reference: ['node', 'scripts/generate.ts', '--check'],
};

/** Runs the checks that need no server, one after the other, all of them even when one fails. Returns which passed. */
export async function check(): Promise<ReadonlyMap<string, boolean>> {
  const results = new Map<string, boolean>();
  for (const [name, [program = '', ...args]] of Object.entries(steps)) {
    const started = Date.now();
    const { passed, output } = await run(join(root, 'node_modules/.bin', program), args);
    if (!passed) console.log(output.trimEnd());
    console.log(`${passed ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1_000).toFixed(1)} s)`);
    results.set(name, passed);
  }
  return results;
}

function run(program: string, args: readonly string[]): Promise<{ passed: boolean; output: string }> {
  return new Promise(resolve => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', error => resolve({ passed: false, output: error.message }));
    child.once('close', code => resolve({ passed: code === 0, output }));
  });
}

if (import.meta.main) {
  const results = await check();
  process.exitCode = [...results.values()].every(Boolean) ? 0 : 1;
}
