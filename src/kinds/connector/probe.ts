import { type Reason, valueBefore } from '#model/change.ts';
import { Fault, type ItemResult, refused } from '#model/fault.ts';
import { nearest } from '#model/nearest.ts';
import type { Connect, ConnectorConfig, ConnectorPlugin, ConnectorVerdict } from '#ports/connect.ts';
import { type ClusterPorts, type Difference, type ProbeVerdict, verdictOf } from '../kind.ts';
import { missingMessage } from './apply.ts';
import { classNames, configIn, configPrefix, partsOf, project } from './fields.ts';
import { reasons } from './problems.ts';
import { fieldWords, withoutQuoted } from './quoted-values.ts';
import { readSecrets, type SecretValues, secretsOf } from './secret-values.ts';
import { opened } from './via-connect.ts';

/** The workers' own verdict: is the class there, does it take each field? Nothing is written. */
export async function probe(ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  const verdicts = new Map<Difference, ProbeVerdict>();
  await Promise.all(
    [...Map.groupBy(differences, each => partsOf(each.remoteName).connect)].map(async ([cluster, own]) => {
      const asked = own.filter(each => each.action !== 'delete' && each.resource !== undefined);
      const found = asked.length === 0 ? [] : await askOne(ports, cluster, asked).catch(unanswered(asked));
      asked.forEach((each, index) => verdicts.set(each, found[index] as ProbeVerdict));
    }),
  );
  return differences.map(each => verdicts.get(each) ?? { probe: 'notProbed' });
}

/** Workers that fail cost the verdicts on their own connectors only. */
const unanswered =
  (asked: readonly Difference[]) =>
  (error: unknown): ProbeVerdict[] => {
    if (!(error instanceof Fault)) throw error;
    const forbidden = error.code.endsWith('authorization-failed');
    return asked.map(() => (forbidden ? verdictOf(refused(error)) : { probe: 'notProbed' }));
  };

async function askOne(ports: ClusterPorts, cluster: string, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  const connect = await opened(ports, cluster);
  if (!('fault' in connect)) return ask(ports, connect, differences);
  const { code, message } = connect.fault;
  const close = nearest(cluster, ports.connectClusters);
  const reason = { code, message: `${message}${close === undefined ? '' : ` Did you mean \`${close}\`?`}` };
  return differences.map(() => ({ probe: 'accepted', impossible: [reason] }));
}

async function ask(ports: ClusterPorts, connect: Connect, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  const creating = differences.some(each => each.action === 'create');
  const fields = differences.map(each => (each.resource === undefined ? {} : project(each.resource)));
  const [plugins, names, secrets] = await Promise.all([
    connect.plugins(),
    creating ? connect.names() : [],
    readSecrets(ports, fields.flatMap(secretsOf), connect.secrets),
  ]);
  const there = new Set(names);
  const early = differences.map((difference, index): ProbeVerdict | undefined => {
    if (difference.action === 'create' && there.has(partsOf(difference.remoteName).name))
      return { probe: 'accepted', stale: true };
    const absent = classMissing(String(fields[index]?.class), plugins);
    if (absent !== undefined) return { probe: 'accepted', impossible: [absent] };
    return withoutSecret(difference, secretsOf(fields[index] ?? {}), secrets);
  });
  const open = differences.map((_, index) => index).filter(index => early[index] === undefined);
  const questions = open.map(index => {
    const { name } = partsOf((differences[index] as Difference).remoteName);
    return { name, config: { name, ...forQuestion(configIn(fields[index] ?? {}), secrets) } };
  });
  const results = await connect.validate(questions);
  const answers = new Map(
    open.map((index, position) => {
      const verdict = results[position] as ItemResult<ConnectorVerdict>;
      const { config } = questions[position] as ConnectorConfig;
      return [index, judged(unlessRenewed(differences[index] as Difference, verdict), config, secrets)];
    }),
  );
  return differences.map((_, index) => early[index] ?? (answers.get(index) as ProbeVerdict));
}

/** As it will be sent; where our place does not hold the secret yet, the workers are asked with the value itself. */
const forQuestion = (config: Readonly<Record<string, string>>, secrets: SecretValues): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, text]) => [
      key,
      (secrets.placed(text) ? secrets.sent(text) : secrets.resolved(text)) as string,
    ]),
  );

/** A secret that no store has: an account or a sealed secret of the same plan may be about to make it, else nobody will. */
function withoutSecret({ resource }: Difference, wanted: readonly string[], secrets: SecretValues): ProbeVerdict | undefined {
  const missing = wanted.flatMap(secret => secrets.missing(`\${secret.${secret}}`));
  if (missing.length === 0) return undefined;
  const away = missing.flatMap(secret => secrets.unread(secret) ?? [])[0];
  if (away !== undefined) return { probe: 'accepted', impossible: [{ code: away.code, message: away.message }] };
  const made = new Set(resource?.refersTo.flatMap(each => each.makes ?? []));
  const nobodys = missing.filter(secret => !made.has(secret));
  if (nobodys.length === 0) return { probe: 'deferred' };
  return { probe: 'accepted', impossible: [{ code: reasons.secretMissing, message: missingMessage(nobodys) }] };
}

/** Values that the same plan replaces are not judged: what the workers say is said of the old ones. */
function unlessRenewed({ fields }: Difference, verdict: ItemResult<ConnectorVerdict>): ItemResult<ConnectorVerdict> {
  const old = new Set(fields.flatMap(({ path, from }) => (from === valueBefore ? [path.slice(configPrefix.length)] : [])));
  if (!verdict.ok || old.size === 0) return verdict;
  return { ok: true, value: { fields: verdict.value.fields.filter(each => !old.has(each.name)) } };
}

const listedAtMost = 12;

function classMissing(wanted: string, plugins: readonly ConnectorPlugin[]): Reason | undefined {
  const known = plugins.map(each => each.class);
  const short = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  if (known.some(name => classNames(name).includes(wanted))) return undefined;
  const close = nearest(short(wanted), known.map(short));
  const there =
    known.toSorted().slice(0, listedAtMost).join(', ') +
    (known.length > listedAtMost ? ` and ${known.length - listedAtMost} more` : '');
  return {
    code: reasons.classMissing,
    message: `The workers have no class \`${wanted}\`${close === undefined ? '.' : `; did you mean \`${known.find(name => short(name) === close)}\`?`} They have ${there || 'none'}.`,
  };
}

function judged(
  result: ItemResult<ConnectorVerdict>,
  config: Readonly<Record<string, string>>,
  secrets: SecretValues,
): ProbeVerdict {
  if (!result.ok) {
    const { code, message } = result.fault;
    // Workers that do not answer have said nothing against it.
    if (!/invalid|status-|not-found|authorization-failed/.test(code)) return { probe: 'notProbed' };
    if (code === 'connect/authorization-failed') return { probe: 'notProbed', lacks: [{ code, message }] };
    return verdictOf({ ok: false, fault: new Fault(code, withoutQuoted(secrets.veiled(message), config)) });
  }
  const impossible = result.value.fields.flatMap(({ name, errors }) =>
    errors.map(error => ({
      code: reasons.invalidConfig,
      message: `\`${name}\`: ${fieldWords(secrets.veiled(error), name, config)}`,
    })),
  );
  return { probe: 'accepted', ...(impossible.length === 0 ? {} : { impossible }) };
}
