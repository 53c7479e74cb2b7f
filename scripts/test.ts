import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] }[];
}

const root = join(import.meta.dirname, '..');

/** A file that cannot be loaded, and a run that fails outside its tests (set-up, an unheard rejection), count as one failure each: neither may look green. */
function countsOf(report: Report | undefined, exitCode: number): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const broken = report.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function vitest(args: readonly string[]): Promise<Counts> {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-report-'));
  const file = join(directory, 'report.json');
  try {
    const program = join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const child = spawn(process.execPath, [program, 'run', ...reporters, ...args], { cwd: root, stdio: 'inherit' });
    const code = await new Promise<number>(resolve => child.once('close', status => resolve(status ?? 1)));
    return countsOf(readReport(file), code);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

const checks = [...(await check()).values()];
const tests = await vitest(process.argv.slice(2));
const passed = tests.passed + checks.filter(Boolean).length;
const failed = tests.failed + checks.filter(each => !each).length;
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${tests.skipped} skipped`);
