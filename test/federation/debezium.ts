import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '#targets/processes/kafka-jars.ts';

const version = '3.7.0.Final';
const artifact = `io.debezium:debezium-connector-postgres:${version}:tar.gz:plugin`;

/** Puts Debezium's connector for Postgres into a landscape's folder of plug-ins: from the cache, or fetched once by Maven. */
export function installDebezium(landscape: string): void {
  const cached = join(cacheFolder(), `debezium-postgres-${version}`);
  if (!existsSync(cached)) fetchTo(cached);
  const plugins = join(landscape, '.kaas/plugins');
  mkdirSync(plugins, { recursive: true });
  cpSync(cached, plugins, { recursive: true });
}

/** Maven's own unpacking loses files; tar does not. */
function fetchTo(cached: string): void {
  mkdirSync(dirname(cached), { recursive: true });
  const fresh = mkdtempSync(join(dirname(cached), 'fetch-'));
  const options = { cwd: fresh, stdio: 'pipe' } as const;
  execFileSync('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${fresh}/got`], options);
  mkdirSync(join(fresh, 'plugin'));
  const archive = join(fresh, 'got', `debezium-connector-postgres-${version}-plugin.tar.gz`);
  execFileSync('tar', ['-xzf', archive, '-C', join(fresh, 'plugin')], options);
  renameSync(join(fresh, 'plugin'), cached);
}
