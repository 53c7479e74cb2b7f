import { z } from 'zod';

const secret = z.union([
  z.strictObject({ env: z.string() }),
  z.strictObject({ file: z.string() }),
  z.strictObject({ store: z.string(), key: z.string() }),
]);
const tls = z.strictObject({
  ca: secret.optional().describe("Authority that signed the broker's certificate."),
  certificate: secret.optional().describe('Our certificate, where the broker asks for one.'),
  key: secret.optional().describe('Its private key.'),
});
const endpoint = z.strictObject({
  url: z
    .string()
    .regex(
      /^[hH][tT][tT][pP][sS]?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/,
      'http:// or https://, a host and a path; a login has fields of its own',
    )
    .describe('Address: https://…'),
  username: z.string().optional().describe('User, where it asks for one.'),
  password: secret.optional().describe('Where its password is.'),
  token: secret.optional().describe('Where a bearer token is, instead of user and password.'),
  tls: tls.optional().describe('How it proves who it is, and we to it.'),
});

const connectEndpoint = endpoint.extend({
  secrets: z
    .record(z.string(), z.string().regex(/^\$\{[^}]+\{key\}[^}]*\}$/, 'like ${vault:path:{key}}'))
    .optional()
    .describe(
      'By secret store: what a configuration says instead of a secret, where the workers have a config provider for it. `{key}` is the key.',
    ),
});

const connection = z.strictObject({
  bootstrapServers: z
    .array(z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'host:port'))
    .min(1)
    .describe('Addresses of a few brokers.'),
  protocol: z.enum(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']).optional().describe('`PLAINTEXT` without it.'),
  mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']).optional().describe('SASL mechanism.'),
  username: z.string().optional().describe('The user of SASL PLAIN and SCRAM.'),
  password: secret
    .optional()
    .describe('Where the password is: `{ env: NAME }`, `{ file: PATH }` or `{ store: NAME, key: KEY }`.'),
  tls: tls.optional().describe('How the brokers prove who they are, and we to them.'),
  oauth: z
    .strictObject({ tokenEndpoint: z.string(), clientId: z.string(), clientSecret: secret, scope: z.string().optional() })
    .optional()
    .describe('Where tokens for OAUTHBEARER come from.'),
  schemaRegistry: endpoint.optional().describe('The schema registry beside this cluster.'),
  connect: z.record(z.string(), connectEndpoint).optional().describe('Connect clusters by name.'),
});

/** What may be written in the `spec` of this kind. */
export const KafkaClusterSpec = z.strictObject({
  clusterId: z.string().optional().describe('The id that must answer; pinned at first contact without it.'),
  site: z.string().optional().describe('Where the data is.'),
  configuredBy: z
    .string()
    .optional()
    .describe('The environment to which broker configuration, Cluster ACLs, IP and default quotas belong.'),
  brokerConfig: z
    .record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
    .optional()
    .describe('Dynamic broker configuration: `default` for all brokers, else by broker id.'),
  clientAuthority: z
    .strictObject({
      certificate: secret.describe('Its certificate in PEM, those above it behind.'),
      key: secret.describe('Its private key in PEM, RSA or elliptic.'),
    })
    .optional()
    .describe('The authority that signs client certificates of accounts; the brokers must trust it.'),
  connection: z
    .union([z.literal('local'), connection])
    .describe('`local`: the cluster that `kaas up` runs for this document; else how to reach it.'),
});
export type KafkaClusterSpec = z.infer<typeof KafkaClusterSpec>;
