import type { Redacted } from '#model/redacted.ts';

/** What a client needs to connect as one account. Holds no secret. */
export interface ClientSettings {
  readonly bootstrapServers: readonly string[];
  readonly encrypted: boolean;
  /** PEM file of the authority, where the landscape names one. */
  readonly ca?: string;
  readonly username: string;
  /** As in `ServiceAccount.spec.authentication.type`. */
  readonly authentication: string;
  /** What also lets it in, and until when. */
  readonly old?: { readonly authentication: string; readonly until: string };
  /** File with a TLS account's key and certificates, where one was written. */
  readonly keyStore?: string;
  /** `place`: the same in the store's own words, where they are known. */
  readonly keptIn: { readonly store: string; readonly key: string; readonly place?: string };
}

type Pairs = readonly (readonly [string, string])[];
const variable = 'KAFKA_PASSWORD';

function protocolOf(settings: ClientSettings): { protocol: string; mechanism?: string } {
  const scram = /^scram-sha-(256|512)$/.exec(settings.authentication)?.[1];
  const mechanism =
    scram !== undefined ? `SCRAM-SHA-${scram}` : settings.authentication === 'oauthbearer' ? 'OAUTHBEARER' : undefined;
  const secured = settings.encrypted || settings.authentication === 'tls' ? 'SSL' : 'PLAINTEXT';
  return mechanism === undefined ? { protocol: secured } : { protocol: `SASL_${secured}`, mechanism };
}

/** A Java client's settings; the password comes from the variable by Kafka's own EnvVarConfigProvider (KIP-887). */
function properties(settings: ClientSettings): Pairs {
  const { protocol, mechanism } = protocolOf(settings);
  const scram = mechanism?.startsWith('SCRAM') === true;
  return [
    ['bootstrap.servers', settings.bootstrapServers.join(',')],
    ['security.protocol', protocol],
    ...(mechanism === undefined ? [] : [['sasl.mechanism', mechanism] as const]),
    ...(scram
      ? ([
          ['config.providers', 'env'],
          ['config.providers.env.class', 'org.apache.kafka.common.config.provider.EnvVarConfigProvider'],
          [
            'sasl.jaas.config',
            `org.apache.kafka.common.security.scram.ScramLoginModule required username="${settings.username}" password="\${env:${variable}}";`,
          ],
        ] as const)
      : []),
    ...(settings.ca === undefined
      ? []
      : ([
          ['ssl.truststore.type', 'PEM'],
          ['ssl.truststore.location', settings.ca],
        ] as const)),
    ...keyStore(settings, ['ssl.keystore.location'], [['ssl.keystore.type', 'PEM']]),
  ];
}

/** Where a client finds the certificate that was made for a TLS account: one PEM file of key, certificate and chain (KIP-651). */
const keyStore = (settings: ClientSettings, locations: readonly string[], before: Pairs = []): Pairs =>
  settings.authentication === 'tls' && settings.keptIn.store !== ''
    ? [...before, ...locations.map(name => [name, settings.keyStore ?? keyStoreFile] as const)]
    : [];
const keyStoreFile = 'client.pem';

function librdkafka(settings: ClientSettings): Pairs {
  const { protocol, mechanism } = protocolOf(settings);
  return [
    ['bootstrap.servers', settings.bootstrapServers.join(',')],
    ['security.protocol', protocol],
    ...(mechanism === undefined ? [] : [['sasl.mechanism', mechanism] as const]),
    ...(mechanism?.startsWith('SCRAM') === true
      ? ([
          ['sasl.username', settings.username],
          ['sasl.password', `\${${variable}}`],
        ] as const)
      : []),
    ...(settings.ca === undefined ? [] : [['ssl.ca.location', settings.ca] as const]),
    ...keyStore(settings, ['ssl.certificate.location', 'ssl.key.location']),
  ];
}

const lines = (pairs: Pairs): string => pairs.map(([key, value]) => `${key}=${value}`).join('\n');

/** What the settings leave to the client: it is not ours to know. */
const yours: Readonly<Record<string, string>> = {
  tls: "# To add: the account's own certificate and key.\n",
  oauthbearer: '# To add: where the client gets its token, and by which secret.\n',
};

const keptText = ({ keptIn: { store, key, place } }: ClientSettings): string =>
  `kept in the store ${store} under ${key}${place === undefined ? '' : ` (${place})`}`;

const comment = (settings: ClientSettings): string =>
  settings.authentication.startsWith('scram')
    ? `# ${variable}: the password, ${keptText(settings)}\n${
        settings.old === undefined
          ? ''
          : `# Valid since a rotation; the settings before it (${settings.old.authentication.toUpperCase()}) work until ${settings.old.until}\n`
      }`
    : settings.authentication === 'tls' && settings.keptIn.store !== ''
      ? `# ${settings.keyStore ?? keyStoreFile}: key, certificate and chain in PEM, ${keptText(settings)}\n`
      : (yours[settings.authentication] ?? '');

/** By the name of `--format`. */
export const clientFormats = {
  properties: (settings: ClientSettings) => comment(settings) + lines(properties(settings)),
  librdkafka: (settings: ClientSettings) => comment(settings) + lines(librdkafka(settings)),
  json: (settings: ClientSettings) =>
    JSON.stringify(
      {
        ...Object.fromEntries(librdkafka(settings)),
        ...(settings.authentication.startsWith('scram') ? { passwordFrom: { variable, ...settings.keptIn } } : {}),
        ...(settings.old === undefined ? {} : { old: settings.old }),
      },
      null,
      2,
    ),
  env: (settings: ClientSettings) => {
    const { protocol, mechanism } = protocolOf(settings);
    return (
      comment(settings) +
      lines([
        ['KAFKA_BOOTSTRAP_SERVERS', settings.bootstrapServers.join(',')],
        ['KAFKA_SECURITY_PROTOCOL', protocol],
        ...(mechanism === undefined
          ? []
          : ([
              ['KAFKA_SASL_MECHANISM', mechanism],
              ['KAFKA_USERNAME', settings.username],
            ] as const)),
        ...(settings.ca === undefined ? [] : ([['KAFKA_SSL_CA_LOCATION', settings.ca]] as const)),
        ...keyStore(settings, ['KAFKA_SSL_KEYSTORE_LOCATION']),
      ])
    );
  },
  spring: (settings: ClientSettings) => {
    const { protocol, mechanism } = protocolOf(settings);
    const jaas = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${settings.username}" password="\${${variable}}";`;
    return [
      ...comment(settings)
        .split('\n')
        .filter(line => line !== ''),
      'spring:',
      '  kafka:',
      `    bootstrap-servers: ${settings.bootstrapServers.join(',')}`,
      '    properties:',
      `      "[security.protocol]": ${protocol}`,
      ...(mechanism === undefined ? [] : [`      "[sasl.mechanism]": ${mechanism}`]),
      ...(mechanism?.startsWith('SCRAM') === true ? [`      "[sasl.jaas.config]": '${jaas}'`] : []),
      ...(settings.ca === undefined
        ? []
        : ['      "[ssl.truststore.type]": PEM', `      "[ssl.truststore.location]": ${settings.ca}`]),
      ...keyStore(settings, ['ssl.keystore.location'], [['ssl.keystore.type', 'PEM']]).map(
        ([name, value]) => `      "[${name}]": ${value}`,
      ),
    ].join('\n');
  },
} as const;

export const clientSettings = (format: keyof typeof clientFormats, settings: ClientSettings): string =>
  clientFormats[format](settings);

/** The same settings with the password in its place, for a file that its owner alone reads. Without a password: as they are. */
export function withPassword(
  format: keyof typeof clientFormats,
  settings: ClientSettings,
  password: Redacted | undefined,
): string {
  const text = clientSettings(format, settings);
  if (password === undefined) return text;
  const kept = text.split('\n').filter(line => !line.startsWith('config.providers') && !line.startsWith('#'));
  if (format === 'env') kept.push(`${variable}=${password.reveal()}`);
  return kept.join('\n').replaceAll(/\$\{(env:)?KAFKA_PASSWORD\}/g, () => password.reveal());
}
