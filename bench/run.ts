import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../scripts/build.ts';
import { planConnectors } from './connectors.ts';
import { start, validate } from './offline.ts';
import { acls, change, config, create, plan, unacls, users } from './on-kafka.ts';
import { writeReport } from './report.ts';
import { loadSchemas, planSchemas } from './schemas.ts';
import { root, Stage } from './stage.ts';

/** `npm run bench` runs all in this order, `npm run bench -- NAME…` some. */
const benchmarks: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  start,
  validate: stage => validate(stage, 20_000),
  plan: async stage => {
    await plan(stage, 1_000);
    await plan(stage, 5_000);
  },
  change: stage => change(stage, 5_000),
  create: stage => create(stage, 5_000),
  config: stage => config(stage, 1_000),
  acls: stage => acls(stage, 10_000, 0),
  'acls-large': stage => acls(stage, 10_000, 70_000),
  unacls,
  users: stage => users(stage, 5_000),
  'plan-schemas': stage => planSchemas(stage, 5_000),
  'plan-connectors': stage => planConnectors(stage, 300),
  'load-schemas': stage => loadSchemas(stage, 2_000),
  'plan-large': async stage => {
    for (const topics of [1_000, 5_000, 10_000]) {
      await using own = new Stage();
      await plan(own, topics, 10_000);
      stage.results.push(...own.results);
    }
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter(name => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}: ${Object.keys(benchmarks).join(', ')}.`);
  process.exitCode = 64;
} else {
  await bundle();
  for (const [name, benchmark] of Object.entries(benchmarks))
    if (asked.length === 0 || asked.includes(name)) await run(name, benchmark);
  writeReport();
}

/** Each benchmark has a broker of its own, so that none lists the topics of another; one that fails does not stop the others. */
async function run(name: string, benchmark: (stage: Stage) => Promise<void>): Promise<void> {
  await using stage = new Stage();
  try {
    await benchmark(stage);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
  for (const result of stage.results) appendFileSync(join(root, 'bench/results.jsonl'), `${JSON.stringify(result)}\n`);
}
