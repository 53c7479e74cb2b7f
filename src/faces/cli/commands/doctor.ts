import type { Checked } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { localStore, type SecretStores } from '#model/secret-store.ts';
import type { Command, Context } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { examine, examineCluster, type Finding } from '../examine-cluster.ts';
import { examineConnect } from '../examine-connect.ts';
import { examineRegistry } from '../examine-registry.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { reach } from '../reach.ts';
import { showProblems } from '../views/problems.ts';
import { json } from '../views/problems-document.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'can every target be reached, with which rights, and what is missing',
  arguments: [{ name: '[ENV]', description: 'one environment (default: all)' }],
  options: [],
  formats: ['json'],
  examples: [
    ['doctor', 'everything'],
    ['doctor prod', 'the clusters of one environment'],
  ],
  run: async (context, [environment]) => {
    const { check } = await import('#flow/flow.ts');
    const outside = await context.open();
    const checked = await check(outside, environment === undefined ? undefined : [environment]);
    if (environment !== undefined) requireEnvironments(checked, [environment]);
    const { frame } = checked;
    if (frame === undefined) {
      context.print(showProblems(context, checked.problems, ''));
      return problemCode(checked.problems);
    }
    const findings: Finding[] = [];
    findings.push(
      await examine('store', async () => {
        await (await outside.store(frame.landscape.spec)).ledger({ landscape: frame.landscape.name });
        return 'answers';
      }),
    );
    const environments = frame.environments.filter(each => environment === undefined || each.name === environment);
    const names = new Set(environments.flatMap(each => Object.values(each.spec.clusters)));
    const storesOf = (cluster: string) =>
      frame.stores.get(environments.find(each => Object.values(each.spec.clusters).includes(cluster))?.name ?? '');
    for (const name of names) {
      const spec = frame.clusters.get(name)?.spec;
      if (spec === undefined) continue;
      const topics = remoteNames(checked, name, 'Topic');
      const ports = () => outside.cluster(name, spec, storesOf(name));
      const examined = await examineCluster({ name, spec, topics }, async () => (await ports()).kafka);
      findings.push(...examined);
      if (examined[0]?.good === true) {
        const registry = await examineRegistry(name, remoteNames(checked, name, 'Schema').length > 0, await ports());
        findings.push(...registry, ...(await examineConnect(name, await ports())));
      }
    }
    findings.push(
      ...(await examineStores(
        outside,
        environments.map(each => frame.stores.get(each.name)),
      )),
      ...(await examineConnections(checked)),
    );
    show(context, findings);
    return findings.every(each => each.good) ? exitCodes.done : exitCodes.problem;
  },
};

/** What is declared of a kind for one KafkaCluster, in all environments that were checked. */
const remoteNames = ({ environments }: Checked, cluster: string, kind: string): string[] =>
  environments.flatMap(composed => {
    const here = new Set(composed.clusters.filter(each => each.name === cluster).map(each => each.logical));
    return composed.resources.filter(each => each.kind === kind && here.has(each.cluster ?? '')).map(each => each.remoteName);
  });

/** Each secret store once, however many environments declare it so; `local` where no document names another. */
async function examineStores(outside: Outside, declared: readonly (SecretStores | undefined)[]): Promise<Finding[]> {
  const stores = new Map<string, () => Promise<string>>();
  stores.set(localStore, () => outside.secrets()(localStore).examine());
  for (const each of declared)
    for (const [name, spec] of each ?? []) stores.set(JSON.stringify([name, spec]), () => outside.secrets(each)(name).examine());
  return Promise.all([...stores].map(([key, look]) => examine(`secret store ${nameIn(key)}`, look)));
}

const nameIn = (key: string): string => (key === localStore ? key : (JSON.parse(key) as [string])[0]);

/** Whether the outside systems that connectors use can be reached from here; each once, whatever environments use it. */
function examineConnections({ environments }: Checked): Promise<Finding[]> {
  const addresses = new Map(
    environments.flatMap(({ environment, declared }) =>
      declared.flatMap(({ kind, name, spec }) =>
        kind === 'Connection' && typeof spec.address === 'string'
          ? [[`${name}\t${spec.address}`, { what: `connection ${name} in ${environment}`, address: spec.address }] as const]
          : [],
      ),
    ),
  );
  return Promise.all([...addresses.values()].map(({ what, address }) => examine(what, () => reach(address))));
}

function show(context: Context, findings: readonly Finding[]): void {
  const { paint } = context;
  if (context.format === 'json') context.print(json({ schemaVersion: 1, findings }));
  else
    for (const each of findings)
      context.print(
        `${each.good ? paint.good('ok ') : paint.bad('bad')} ${paint.strong(each.what)}  ${each.says}${each.remedy === undefined ? '' : `\n    ${each.remedy}`}`,
      );
}
