import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Full enumerations, and several real clusters at once, that are too long for every test run; each writes a result file that the docs read their figures from. */
const proofs: Readonly<Record<string, { files: string[]; env: Record<string, string> }>> = {
  random: { files: ['test/random'], env: { KAAS_RANDOM_CASES: '100000', KAAS_RANDOM_REAL_CASES: '1000' } },
  federation: { files: ['test/federation'], env: { KAAS_PROOF: 'federation', KAAS_TEST_BROKERS: '1' } },
};

const name = process.argv[2] ?? '';
const proof = proofs[name];
if (proof === undefined) {
  console.error(`usage: npm run proof -- ${Object.keys(proofs).join(' | ')}`);
  process.exitCode = 64;
} else {
  const seed = String(Date.now() % 2 ** 31);
  const started = Date.now();
  const run = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...proof.files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...proof.env, KAAS_RANDOM_SEED: seed },
  });
  const result = {
    proof: name,
    passed: run.status === 0,
    ...proof.env,
    seed,
    seconds: Math.round((Date.now() - started) / 1_000),
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    date: new Date().toISOString().slice(0, 10),
  };
  mkdirSync(join(root, 'docs/proofs'), { recursive: true });
  writeFileSync(join(root, 'docs/proofs', `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = run.status ?? 1;
}
