import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, root, type Target } from './stage.ts';

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 1_000 ? 2 : 1)} s`;

function targetText({ ratio, wallMs, peakMiB, writes, beside }: Target, against: Result['against']): string {
  const parts = [
    ratio === undefined ? [] : [`≤ ${ratio} × ${against}`],
    wallMs === undefined ? [] : [`≤ ${seconds(wallMs)}`],
    peakMiB === undefined ? [] : [`≤ ${peakMiB} MiB`],
    writes === undefined ? [] : [writes === 0 ? 'no write' : `≤ ${writes} write${writes === 1 ? '' : 's'}`],
    beside === undefined ? [] : [`≤ ${beside} of Connect`],
  ].flat();
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function row(result: Result): string {
  const { floor, ratio, against, target } = result;
  return `| ${[
    result.name,
    result.size.toLocaleString('en'),
    seconds(result.wallMs),
    seconds(result.cpuMs),
    `${result.peakMiB} MiB`,
    `${result.requests} / ${result.writes}`,
    floor === null ? '–' : `${seconds(floor.wallMs)} (${against})`,
    ratio === null ? '–' : `${ratio} ×`,
    targetText(target, against),
    Object.keys(target).length === 0 ? '–' : result.met ? 'met' : '**missed**',
    `${result.commit}, ${result.date}, ${result.machine}`,
  ].join(' | ')} |`;
}

/** docs/benchmarks.md from the latest line of each benchmark in bench/results.jsonl. */
export function writeReport(): void {
  const lines = readFileSync(join(root, 'bench/results.jsonl'), 'utf8').split('\n').filter(Boolean);
  const latest = new Map<string, Result>();
  for (const line of lines) {
    const result = JSON.parse(line) as Result;
    latest.set(`${result.name}\t${result.size}`, result);
  }
  const results = [...latest.values()].toSorted((a, b) => a.name.localeCompare(b.name) || a.size - b.size);
  const missed = results.filter(result => !result.met);
  writeFileSync(
    join(root, 'docs/benchmarks.md'),
    `<!-- Written by \`npm run bench\` (bench/report.ts) from bench/results.jsonl. -->
# Benchmarks

    npm run bench                  all, some minutes
    npm run bench -- plan change   some: start, validate, plan, change, create, config, acls,
                                   acls-large, unacls, users, plan-schemas,
                                   plan-connectors, load-schemas, plan-large

Every figure is of a whole process, from its start to its end: wall time, CPU time (user and system, all threads), peak memory, requests to Kafka and how
many of them wrote. Kafka is real: one broker of \`kaas up\`'s kind on the same machine, its data in memory. Read-only jobs and small changes are the median of
three runs, alternating with what they are compared to; those that create a lot run once.

The *floor* is a process of its own (\`bench/floor.ts\`) that logs in and sends just the raw requests that the job needs; no program on the same client can
be faster. It knows no documents, no ledger, no journal. For \`validate\` it parses the same files with the same YAML library and does nothing else,
for schemas also with our own parsers (\`bench/floor-beside.ts\`); of a registry it reads what Apicurio offers: the list of subjects, and the latest version of each.

The machine's cores were shared with other work while this was measured: expect ±30 %, more for what runs once.

| Job | Size | Wall | CPU | Peak | Requests / writes | Compared with | Ratio | Target | | Measured |
|---|---|---|---|---|---|---|---|---|---|---|
${results.map(row).join('\n')}

${missed.length === 0 ? 'Every target is met.' : `Missed: ${missed.map(({ name, size }) => `${name} (${size.toLocaleString('en')})`).join('; ')}.`}
`,
  );
}
