import { type Change, type Outcome, valueBefore } from '#model/change.ts';
import { Fault, type ItemResult, refused, succeeded } from '#model/fault.ts';
import type { Connect } from '#ports/connect.ts';
import { type ClusterPorts, outcomesOf } from '../kind.ts';
import { configIn, configPrefix, partsOf, stateIn } from './fields.ts';
import { reasons } from './problems.ts';
import { withoutQuoted } from './quoted-values.ts';
import { readSecrets, type SecretValues, secretsOf, sentConfig } from './secret-values.ts';

/** Writes changes, each Connect cluster on its own: one that cannot be reached costs its own changes only. */
export async function apply(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  const outcomes = new Map<Change, Outcome>();
  await Promise.all(
    [...Map.groupBy(changes, change => partsOf(change.remoteName).connect)].map(async ([cluster, own]) => {
      const results = await writeTo(ports, cluster, own);
      outcomesOf(results).forEach((outcome, index) => outcomes.set(own[index] as Change, outcome));
    }),
  );
  return changes.map(change => outcomes.get(change) as Outcome);
}

async function writeTo(ports: ClusterPorts, cluster: string, changes: readonly Change[]): Promise<ItemResult[]> {
  try {
    const connect = await ports.connect(cluster);
    const wanted = changes.filter(change => change.action !== 'delete').flatMap(change => secretsOf(change.owned));
    const secrets = await readSecrets(ports, wanted, connect.secrets);
    const place = secrets.toPlace(
      changes.flatMap(change => (change.action === 'delete' ? [] : Object.values(configIn(change.owned)))),
    );
    if (place.size > 0) await connect.secrets?.place?.putAll(place);
    const results = await Promise.all(changes.map(change => write(connect, change, secrets)));
    return results.map((result, index) =>
      result.ok ? result : refused(veiled(result.fault, changes[index] as Change, secrets)),
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return changes.map(() => refused(error));
  }
}

/** Workers quote values that they do not like. */
const veiled = (fault: Fault, { owned }: Change, secrets: SecretValues): Fault =>
  new Fault(fault.code, withoutQuoted(secrets.veiled(fault.message), sentConfig(owned, secrets)), {
    retry: fault.retry,
    ...(fault.remedy === undefined ? {} : { remedy: fault.remedy }),
  });

async function write(connect: Connect, change: Change, secrets: SecretValues): Promise<ItemResult> {
  const { name } = partsOf(change.remoteName);
  if (change.action === 'delete') return only(await connect.remove([name]));
  const texts = Object.entries(configIn(change.owned));
  const missing = texts.flatMap(([, text]) => secrets.missing(text));
  const away = missing.flatMap(secret => secrets.unread(secret) ?? [])[0];
  if (away !== undefined) return refused(away);
  if (missing.length > 0) return refused(new Fault(reasons.secretMissing, missingMessage(missing)));
  const config = Object.fromEntries(texts.map(([key, text]) => [key, secrets.sent(text) as string]));
  const state = stateIn(change.owned);
  if (change.action === 'create') return only(await connect.create([{ name, config, state }]));
  const told = change.fields.some(field => field.path === 'state');
  const configured = change.fields.some(field => field.path === 'class' || field.path.startsWith(configPrefix));
  // What shall halt halts before it is changed; what shall run runs with its new configuration from the start.
  const steps = [
    ...(told && state !== 'running' ? [() => connect.setState([{ name, state }])] : []),
    ...(configured ? [() => connect.configure([{ name, config }])] : []),
    ...(configured && state === 'running' && isReadAnew(change, connect)
      ? [async () => [await connect.restart(name, { onlyFailed: false })]]
      : []),
    ...(told && state === 'running' ? [() => connect.setState([{ name, state }])] : []),
  ];
  for (const step of steps) {
    const result = only(await step());
    if (!result.ok) return result;
  }
  return succeeded;
}

/** Tasks read what a provider refers to when they start: a configuration that stays the same starts none. */
const isReadAnew = (change: Change, { secrets }: Connect): boolean =>
  change.fields.some(
    ({ path, from, to }) =>
      (secrets?.place !== undefined || from === valueBefore) &&
      secretsOf({ [path]: to }).some(secret => secrets?.reference(secret) !== undefined),
  );

export const missingMessage = (missing: readonly string[]): string =>
  `No store has ${[...new Set(missing)].map(secret => `\`\${secret.${secret}}\``).join(', ')}.`;

const only = <Result>(results: readonly Result[]): Result => results[0] as Result;
