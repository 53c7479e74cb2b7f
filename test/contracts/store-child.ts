import { openStore } from '#targets/store/open-store.ts';
import { aChange, anEntry, anIntent, aRun } from './store-samples.ts';

/** A second process on a store, for tests: `node store-child.ts URL TASK`. It reports one word per step on stdout. */
const [url, task] = process.argv.slice(2) as [string, string];
const say = (word: string) => process.stdout.write(`${word}\n`);

if (task === 'begin-and-hang') {
  const store = await openStore(url);
  await store.startRun(aRun());
  await store.acquireLease('cluster c-1', 'child', 1500);
  await store.begin([anIntent('i-1', aChange(anEntry()))]);
  say('begun');
  setInterval(() => {}, 1000);
}

if (task === 'contend') {
  await using store = await openStore(url);
  try {
    const lease = await store.acquireLease('cluster c-1', `process ${process.pid}`, 60_000);
    await lease.check();
    say('held');
  } catch (error) {
    say((error as { code?: string }).code ?? String(error));
  }
}

if (task === 'open-and-append') {
  await using store = await openStore(url);
  for (let index = 0; index < 20; index++)
    await store.appendAudit([{ at: 't', actor: String(process.pid), event: 'e', data: index }]);
  say('done');
}
