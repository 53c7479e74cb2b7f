import { anotherValue, type Fields, type FieldValue } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { secretsIn } from '#model/secret-looking.ts';
import type { Connect, ConnectorVerdict, LiveConnector } from '#ports/connect.ts';
import type { ClusterPorts, Live, ReadScope } from '../kind.ts';
import { classNames, configPrefix, hiddenValue, mayBeSecret, ownKeys, partsOf, project } from './fields.ts';
import { withoutQuoted } from './quoted-values.ts';
import { readSecrets, type SecretValues, secretsOf, sentConfig } from './secret-values.ts';

/** What one connector shall be and was. */
interface Sides {
  readonly desired: Fields | undefined;
  readonly owned: Fields | undefined;
}
/** What is compared with what lives: a question about drift has no documents, there it is what was last applied. */
const compared = ({ desired, owned }: Sides): Fields => desired ?? owned ?? {};

/** One bulk read per Connect cluster that is named; what somebody else runs there is left out unless `foreign`. */
export async function read(ports: ClusterPorts, scope: ReadScope): Promise<Live[]> {
  const sides = new Map<string, Sides>();
  for (const [remoteName, owned] of scope.owned) sides.set(remoteName, { desired: undefined, owned });
  for (const resource of scope.desired)
    sides.set(resource.remoteName, { desired: project(resource), owned: scope.owned.get(resource.remoteName) });
  const clusters = new Set([...sides.keys()].map(name => partsOf(name).connect));
  for (const name of scope.foreign ? ports.connectClusters : []) clusters.add(name);
  const owning = new Set([...scope.owned.keys()].map(name => partsOf(name).connect));
  const read = await Promise.all(
    [...clusters].map(async name => {
      const connect = await opened(ports, name);
      // A name that does not exist is the mistake of its document alone; what we own there must not look missing.
      if ('fault' in connect && !owning.has(name)) return [];
      if ('fault' in connect) throw connect.fault;
      return readCluster(ports, connect, { name, sides, foreign: scope.foreign });
    }),
  );
  return read.flat();
}

/** A Connect cluster, or why the KafkaCluster has none of this name. */
export async function opened(ports: ClusterPorts, name: string): Promise<Connect | { readonly fault: Fault }> {
  try {
    return await ports.connect(name);
  } catch (error) {
    if (error instanceof Fault && error.code === 'connect/none') return { fault: error };
    throw error;
  }
}

async function readCluster(
  ports: ClusterPorts,
  connect: Connect,
  { name: cluster, sides, foreign }: { name: string; sides: ReadonlyMap<string, Sides>; foreign: boolean },
): Promise<Live[]> {
  const known = (connector: LiveConnector) => sides.get(`${cluster}/${connector.name}`);
  const connectors = (await connect.connectors()).filter(each => foreign || known(each) !== undefined);
  const wanted = connectors.flatMap(each => [...secretsOf(known(each)?.desired ?? {}), ...secretsOf(known(each)?.owned ?? {})]);
  const secrets = await readSecrets(ports, wanted, connect.secrets);
  const read = connectors.map(connector => see(connector, known(connector) ?? { desired: undefined, owned: undefined }, secrets));
  const seen = await classed(connect, read);
  const verdicts = await definitions(
    connect,
    seen.filter(each => each.doubtful),
  );
  return seen.map(each => ({
    ...toLive(cluster, each, verdicts.get(each)),
    isOneWith: `${connect.address}/${each.connector.name}`,
  }));
}

/** Where a class is declared by another of its names, the connector is of the declared one; the workers say which names a class has. */
async function classed(connect: Connect, seen: readonly Seen[]): Promise<Seen[]> {
  const declared = ({ sides, connector }: Seen) => {
    const [wanted, live] = [String(compared(sides).class), connector.config['connector.class'] ?? ''];
    return wanted !== live && (classNames(wanted).includes(live) || classNames(live).includes(wanted)) ? [wanted, live] : [];
  };
  if (seen.every(each => declared(each).length === 0)) return [...seen];
  const plugins = await connect.plugins();
  return seen.map(each => {
    const names = declared(each);
    const isOne = names.length > 0 && plugins.some(({ class: full }) => names.every(name => classNames(full).includes(name)));
    const { connector } = each;
    return isOne
      ? { ...each, connector: { ...connector, config: { ...connector.config, 'connector.class': names[0] as string } } }
      : each;
  });
}

/** A connector next to what is known of it. */
interface Seen {
  readonly connector: LiveConnector;
  readonly sides: Sides;
  readonly secrets: SecretValues;
  /** What its configuration may say in public, by path: known values, references, fixed texts. */
  readonly plain: ReadonlyMap<string, string>;
  /** Only its plug-in can say what may be shown, or whether an absent value matters. */
  readonly doubtful: boolean;
}

function see(connector: LiveConnector, sides: Sides, secrets: SecretValues): Seen {
  const plain = new Map<string, string>();
  const entries = Object.entries(connector.config).filter(([key]) => !ownKeys.includes(key));
  for (const [key, value] of entries) {
    const shown = publicly(key, value, sides, secrets);
    if (shown !== undefined) plain.set(configPrefix + key, shown);
  }
  const unset = Object.keys(compared(sides)).some(
    path => path.startsWith(configPrefix) && connector.config[path.slice(configPrefix.length)] === undefined,
  );
  return { connector, sides, secrets, plain, doubtful: plain.size < entries.length || unset };
}

/** What may be said of a live value without asking anybody; undefined: not known yet. */
function publicly(key: string, value: string, { desired, owned }: Sides, secrets: SecretValues): string | undefined {
  const declared = [desired?.[configPrefix + key], owned?.[configPrefix + key]].filter(each => typeof each === 'string');
  const referring = declared.filter(text => secretsIn(text).length > 0);
  // A value that stands there itself (somebody put it there by hand) is the secret as much as a reference to its place.
  const same = referring.find(text => (secrets.sent(text) === value && secrets.placed(text)) || secrets.resolved(text) === value);
  if (same !== undefined) return same;
  if (referring.length > 0) return anotherValue;
  if (declared.includes(value)) return value;
  return mayBeSecret(key, value) ? hiddenValue : undefined;
}

/** What the workers know of the keys of these connectors; a connector that they cannot judge is absent. */
async function definitions(connect: Connect, seen: readonly Seen[]): Promise<Map<Seen, ConnectorVerdict>> {
  if (seen.length === 0) return new Map();
  const results = await connect.validate(
    seen.map(({ connector, sides, secrets }) => ({
      name: connector.name,
      config: { ...connector.config, ...sentConfig(compared(sides), secrets) },
    })),
  );
  return new Map(results.flatMap((result, index) => (result.ok ? [[seen[index] as Seen, result.value] as const] : [])));
}

function toLive(cluster: string, { connector, sides, secrets, plain }: Seen, verdict: ConnectorVerdict | undefined): Live {
  const known = new Map(verdict?.fields.map(field => [field.name, field]));
  const fields: Record<string, FieldValue> = {
    class: connector.config['connector.class'] ?? null,
    state: stateOf(connector, sides),
  };
  const hidden: Record<string, Redacted> = {};
  for (const [key, value] of Object.entries(connector.config)) {
    if (ownKeys.includes(key)) continue;
    const path = configPrefix + key;
    const secret = verdict === undefined || known.get(key)?.type === 'PASSWORD';
    fields[path] = plain.get(path) ?? (secret ? hiddenValue : value);
    if (fields[path] === hiddenValue) hidden[key] = new Redacted(value);
  }
  const defaults = Object.fromEntries(
    [...known.values()].flatMap(({ name, default: fallback, type }) =>
      fallback === null || type === 'PASSWORD' ? [] : [[configPrefix + name, fallback]],
    ),
  );
  const failed = connector.tasks.filter(task => task.state === 'FAILED');
  return {
    remoteName: `${cluster}/${connector.name}`,
    remoteId: null,
    fields,
    defaults,
    internal: false,
    details: {
      type: connector.type,
      state: connector.state,
      tasks: connector.tasks.length,
      failed: failed.map(({ id, trace }) => ({
        id,
        trace: trace === null ? null : withoutQuoted(secrets.veiled(trace), connector.config),
      })),
      hidden,
    },
  };
}

/** What it is told to do. While its workers are away or restart it, only we remember; a connector that failed was told to run. */
function stateOf({ state }: LiveConnector, { owned, desired }: Sides): string {
  if (state === 'PAUSED' || state === 'STOPPED') return state.toLowerCase();
  if (state === 'RUNNING' || state === 'FAILED') return 'running';
  return String(owned?.state ?? desired?.state ?? 'running');
}
