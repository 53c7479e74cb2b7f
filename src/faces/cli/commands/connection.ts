import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Frame } from '#flow/frame.ts';
import type { Outside } from '#flow/outside.ts';
import { whenApplied } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { ClusterConnectionSpec } from '#model/frame/frame.ts';
import type { Login } from '#model/login.ts';
import type { Resource } from '#model/resource.ts';
import { type Kept, keptIn as keptInText, localStore } from '#model/secret-store.ts';
import type { Secrets } from '#ports/secrets.ts';
import { accountsNamed } from '../accounts.ts';
import { type ClientSettings, clientFormats, clientSettings, withPassword } from '../client-settings.ts';
import type { Command, Context } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { requireKnown } from '../narrowing.ts';
import { textOf } from '../options.ts';
import { Usage } from '../usage.ts';
import { showProblems } from '../views/problems.ts';

export const connection: Command = {
  name: 'connection',
  summary: 'client settings for an account; its password by reference only',
  arguments: [
    { name: 'ENV', description: 'the environment' },
    { name: 'ACCOUNT', description: 'a ServiceAccount by metadata.name or TENANT/NAME' },
  ],
  options: [
    { flags: '--format <format>', description: 'of which client', choices: Object.keys(clientFormats), default: 'properties' },
    { flags: '--cluster <name>', description: "the logical cluster (default: the account's first)" },
    { flags: '--out <file>', description: 'write them, with the password itself, to a new file that only you can read' },
  ],
  formats: [],
  examples: [
    ['connection prod payments.checkout > client.properties', 'for a Java client; the password comes from KAFKA_PASSWORD'],
    ['connection prod payments.checkout --format spring', 'for an application.yaml'],
    ['connection dev shop.checkout --out client.properties', 'with the password itself, in a file of yours alone'],
  ],
  details:
    'Prints no secret: the password is read from the variable KAFKA_PASSWORD, which the settings name. A comment says where the password is kept.',
  run: async (context, [environment = '', account = ''], options) => {
    const { check } = await import('#flow/flow.ts');
    const outside = await context.open();
    const checked = await check(outside, [environment]);
    requireEnvironments(checked, [environment]);
    const composed = checked.environments[0];
    if (composed === undefined) {
      context.print(showProblems(context, checked.problems, ''));
      return problemCode(checked.problems);
    }
    const wanted = textOf(options, 'cluster');
    if (wanted !== undefined) await requireKnown(outside, checked, { clusters: [wanted] }, checked.problems);
    const [resource] = accountsNamed(composed.declared, account, wanted);
    const cluster = composed.clusters.find(each => each.logical === resource.cluster);
    if (cluster === undefined) throw new Usage(`${environment} has no cluster \`${resource.cluster}\`.`);
    const login = await loginOf(outside, checked.frame as NonNullable<typeof checked.frame>, resource);
    const secrets = outside.secrets(checked.frame?.stores.get(environment));
    const keptIn = await withPlace(keptInText(login.keptIn), secrets);
    const settings = settingsOf(resource, { ...login, keptIn }, await reach(context, cluster.name, cluster.spec.connection));
    const format = textOf(options, 'format') as keyof typeof clientFormats;
    const out = textOf(options, 'out');
    if (out === undefined) context.print(clientSettings(format, settings));
    else {
      const { store, key } = settings.keptIn;
      const secret = store === '' ? undefined : await secrets(store).get(key);
      if (store !== '' && secret === undefined)
        throw new Fault('secrets/missing', `The secret store \`${store}\` has no key \`${key}\`.`, {
          remedy: `\`kaas apply ${environment}\` makes the account and its credential.`,
        });
      const file = resolve(context.host.directory, out);
      if (settings.authentication === 'tls' && secret !== undefined) {
        await writeSecretFile(`${file}.pem`, secret.reveal().trimEnd());
        await writeSecretFile(file, clientSettings(format, { ...settings, keyStore: `${file}.pem` }));
        context.log(`Written to ${out}, and the key and certificate to ${out}.pem.`);
      } else {
        await writeSecretFile(file, withPassword(format, settings, secret));
        context.log(`Written to ${out}, which holds the password.`);
      }
    }
    return exitCodes.done;
  },
};

/** Never over an existing file: it could be one that others read. */
const writeSecretFile = (file: string, text: string): Promise<void> =>
  writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' }).catch(error => {
    throw new Fault('files/not-written', `${file} could not be written: ${(error as Error).message}`);
  });

async function reach(
  context: Context,
  name: string,
  spec: 'local' | ClusterConnectionSpec,
): Promise<Pick<ClientSettings, 'bootstrapServers' | 'encrypted' | 'ca'>> {
  if (spec !== 'local')
    return {
      bootstrapServers: spec.bootstrapServers,
      encrypted: spec.protocol === 'SSL' || spec.protocol === 'SASL_SSL',
      ...(spec.tls?.ca !== undefined && 'file' in spec.tls.ca ? { ca: resolve(context.root, spec.tls.ca.file) } : {}),
    };
  const local = await context.host.local.read(context.root, name);
  return { bootstrapServers: local?.bootstrapServers ?? ['<start it with `kaas up`>'], encrypted: false };
}

/** Where the kind delivers the password; empty where it makes none. A store beyond this machine says where a person finds it, if it can be opened. */
async function withPlace(kept: Kept | undefined, secrets: (store: string) => Secrets): Promise<ClientSettings['keptIn']> {
  if (kept === undefined) return { store: '', key: '' };
  if (kept.store === localStore) return kept;
  try {
    return { ...kept, place: await secrets(kept.store).place(kept.key) };
  } catch (error) {
    if (error instanceof Fault) return kept;
    throw error;
  }
}

/** By the ledger: after a rotation the valid password is under another mechanism than Git names. */
async function loginOf(outside: Outside, frame: Frame, resource: Resource): Promise<Login> {
  const store = await outside.store(frame.landscape.spec);
  const { environment } = resource;
  const entry = (await store.ledger({ landscape: frame.landscape.name, environment })).find(
    each => each.cluster === resource.cluster && each.kind === resource.kind && each.remoteName === resource.remoteName,
  );
  const isUnderWay = (await store.openIntents({ environment, landscape: frame.landscape.name })).some(
    ({ change }) =>
      change.cluster === resource.cluster &&
      change.kind === resource.kind &&
      change.remoteName === resource.remoteName &&
      change.fields.some(field => field.to === whenApplied),
  );
  if (isUnderWay)
    throw new Fault('connection/under-way', `A rotation of ${resource.name} was begun and is not complete.`, {
      remedy: `If nobody is at work on it, \`kaas apply ${environment}\` completes it.`,
    });
  const login = outside.kinds.get(resource.kind)?.remote?.login;
  return login?.(resource, { owned: entry?.fields ?? {}, now: outside.now() }) ?? { authentication: 'external' };
}

function settingsOf(
  resource: Resource,
  { authentication, keptIn, old }: Pick<ClientSettings, 'authentication' | 'keptIn' | 'old'>,
  reached: Pick<ClientSettings, 'bootstrapServers' | 'encrypted' | 'ca'>,
): ClientSettings {
  return {
    ...reached,
    username: resource.remoteName.replace(/^User:/, ''),
    authentication,
    keptIn,
    ...(old === undefined ? {} : { old }),
  };
}
