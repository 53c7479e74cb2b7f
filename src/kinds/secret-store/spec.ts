import { z } from 'zod';

const secret = z.union([
  z.strictObject({ env: z.string() }),
  z.strictObject({ file: z.string() }),
  z.strictObject({ store: z.string(), key: z.string() }),
]);
const tls = z.strictObject({
  ca: secret.optional().describe("Authority that signed the server's certificate."),
  certificate: secret.optional().describe('Our certificate, where the server asks for one.'),
  key: secret.optional().describe('Its private key.'),
});
const url = z.string().regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'an address like https://host:8200, without a login in it');
const path = z.string().regex(/^(?!.*\.\.)[\w.-]+(\/[\w.-]+)*$/, 'words between slashes, none at the ends');
const tenants = z
  .array(z.string())
  .min(1)
  .optional()
  .describe('Of a store of the platform: the tenants that it is for. Without it every tenant may use it, below `<tenant>/`.');
const field = z.string().min(1);
const labelName = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

const local = z.strictObject({
  type: z.literal('local').describe('A file on this machine, encrypted with age.'),
  file: z.string().optional().describe('The encrypted file, relative to the landscape; `.kaas/secrets.age` without it.'),
  tenants,
});

const vault = z
  .strictObject({
    type: z.literal('vault').describe('HashiCorp Vault or OpenBao, KV version 2.'),
    url: url.describe('Where it answers: `https://vault:8200`.'),
    mount: path.optional().describe('Where the KV version 2 engine is mounted; `secret` without it.'),
    path: path.optional().describe('Below which all keys stand.'),
    namespace: z.string().optional().describe('The namespace, where the server has them.'),
    field: field.optional().describe('The field of a secret that holds the value; `password` without it.'),
    token: secret.optional().describe('Where our token is.'),
    appRole: z
      .strictObject({ roleId: z.string(), secretId: secret, mount: path.optional() })
      .optional()
      .describe('Log in by AppRole, at `auth/<mount>` (`approle`).'),
    kubernetes: z
      .strictObject({ role: z.string(), jwt: secret.optional(), mount: path.optional() })
      .optional()
      .describe("Log in with a service account of Kubernetes (the pod's own without `jwt`), at `auth/<mount>` (`kubernetes`)."),
    tls: tls.optional().describe('How it proves who it is, and we to it.'),
    tenants,
  })
  .refine(each => [each.token, each.appRole, each.kubernetes].filter(way => way !== undefined).length === 1, {
    message: 'exactly one of `token`, `appRole` and `kubernetes` says how to log in',
  });

const kubernetes = z.strictObject({
  type: z.literal('kubernetes').describe('Secrets of one Kubernetes namespace.'),
  url: url.optional().describe('The API server; the one of the cluster that kaas runs in without it.'),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a name of a namespace')
    .describe('Where the Secrets stand.'),
  field: field
    .regex(/^[A-Za-z0-9._-]{1,253}$/, 'letters, digits, dots, dashes and underscores')
    .optional()
    .describe('The key of a Secret that holds the value; `password` without it.'),
  token: secret.optional().describe("Where our token is; the pod's service account without it."),
  tls: tls.optional().describe('How it proves who it is, and we to it.'),
  labels: z
    .record(z.string().regex(labelName, 'a name of a label'), z.string().regex(labelValue, 'a value of a label'))
    .optional()
    .describe('Labels for every Secret that we write, beside our own.'),
  tenants,
});

const aws = z.strictObject({
  type: z.literal('aws').describe('AWS Secrets Manager.'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'a name of a region')
    .describe('The region: `eu-central-1`.'),
  endpoint: url.optional().describe('Where it answers, if not at the address of the region.'),
  prefix: path.optional().describe('Goes before every name, with a slash.'),
  field: field.optional().describe('Keep values as JSON objects, the secret in this field; plain text without it.'),
  credentials: z
    .strictObject({ accessKeyId: secret, secretAccessKey: secret, sessionToken: secret.optional() })
    .optional()
    .describe('Who we are; `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` without it.'),
  tenants,
});

const azure = z
  .strictObject({
    type: z.literal('azure').describe('Azure Key Vault.'),
    vaultUrl: url.describe('The vault: `https://team.vault.azure.net`.'),
    loginUrl: url.optional().describe('The authority that gives tokens; `https://login.microsoftonline.com` without it.'),
    tenantId: z
      .string()
      .optional()
      .describe('The directory of the application; the managed identity of this machine logs in without it.'),
    clientId: z.string().optional().describe('The application.'),
    clientSecret: secret.optional().describe('Its secret.'),
    federatedToken: secret.optional().describe('Instead of a secret: a token that the application trusts (workload identity).'),
    tenants,
  })
  .refine(
    each =>
      each.tenantId === undefined
        ? each.clientSecret === undefined && each.federatedToken === undefined
        : each.clientId !== undefined && (each.clientSecret === undefined) !== (each.federatedToken === undefined),
    { message: '`tenantId` goes with `clientId` and one of `clientSecret` and `federatedToken`' },
  );

/** What may be written in the `spec` of a SecretStore. */
export const SecretStoreSpec = z.discriminatedUnion('type', [local, vault, kubernetes, aws, azure]);
