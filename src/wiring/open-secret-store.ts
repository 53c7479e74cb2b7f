import { Fault } from '#model/fault.ts';
import type { SecretReference } from '#model/redacted.ts';
import type { AwsStoreSpec, AzureStoreSpec, KubernetesStoreSpec, SecretStoreSpec, VaultStoreSpec } from '#model/secret-store.ts';
import type { RequestCounts } from '#ports/connection.ts';
import type { Secrets } from '#ports/secrets.ts';
import type { AwsConnection } from '#targets/rest/secrets/aws.ts';
import type { AzureConnection, AzureLogin } from '#targets/rest/secrets/azure.ts';
import type { KubernetesConnection } from '#targets/rest/secrets/kubernetes.ts';
import type { VaultLogin } from '#targets/rest/secrets/vault.ts';
import { type ReadSecret, tlsMaterial } from './connections.ts';
import { localFiles, type StoreSurroundings } from './secret-stores.ts';

export interface OpeningStore extends StoreSurroundings {
  readonly read: ReadSecret;
}

/** Where Kubernetes puts a pod's own login. */
const pod = '/var/run/secrets/kubernetes.io/serviceaccount';
const podToken: SecretReference = { file: `${pod}/token` };

/** One store as its document says, its login read. Nothing is reached yet. */
export async function openStore(name: string, spec: SecretStoreSpec, opening: OpeningStore): Promise<Secrets> {
  if (opening.offline) return (await import('#targets/memory/secrets.ts')).memorySecrets();
  const label = `secret store ${name}`;
  switch (spec.type) {
    case 'local':
      return openLocal(spec.file, opening);
    case 'vault': {
      const { openVault } = await import('#targets/rest/secrets/vault.ts');
      return opened(openVault(await vaultConnection(label, spec, opening.read)), opening);
    }
    case 'kubernetes': {
      const { openKubernetes } = await import('#targets/rest/secrets/kubernetes.ts');
      return opened(openKubernetes(await kubernetesConnection(label, spec, opening)), opening);
    }
    case 'aws': {
      const { openAws } = await import('#targets/rest/secrets/aws.ts');
      return opened(openAws(await awsConnection(label, spec, opening.read)), opening);
    }
    case 'azure': {
      const { openAzure } = await import('#targets/rest/secrets/azure.ts');
      return opened(openAzure(await azureConnection(label, spec, opening.read)), opening);
    }
  }
}

function opened<Target extends Secrets & AsyncDisposable & { readonly requests: RequestCounts }>(
  target: Target,
  { stack, counted }: OpeningStore,
): Target {
  counted.push(target.requests);
  return stack.use(target);
}

async function openLocal(file: string | undefined, { root, env }: OpeningStore): Promise<Secrets> {
  const { openLocalSecrets } = await import('#targets/secrets/open-local-secrets.ts');
  const identityFile = env.KAAS_AGE_KEY_FILE;
  return openLocalSecrets({ ...localFiles(root, file), ...(identityFile ? { identityFile } : {}) });
}

async function vaultConnection(label: string, spec: VaultStoreSpec, read: ReadSecret) {
  const { url, mount = 'secret', path = '', field = 'password', namespace, tls } = spec;
  return {
    label,
    url,
    mount,
    path,
    field,
    ...(namespace === undefined ? {} : { namespace }),
    login: await vaultLogin(spec, read),
    ...(tls === undefined ? {} : { tls: await tlsMaterial(tls, read) }),
  };
}

async function vaultLogin({ token, appRole, kubernetes }: VaultStoreSpec, read: ReadSecret): Promise<VaultLogin> {
  if (appRole !== undefined) {
    const { mount = 'approle', roleId, secretId } = appRole;
    return { method: 'appRole', mount, roleId, secretId: await read(secretId) };
  }
  if (kubernetes === undefined) return { method: 'token', token: await read(token as SecretReference) };
  const { mount = 'kubernetes', role, jwt = podToken } = kubernetes;
  return { method: 'kubernetes', mount, role, jwt: await read(jwt) };
}

/** Without `url`: as a pod reaches the API server of its own cluster (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/). */
async function kubernetesConnection(
  label: string,
  spec: KubernetesStoreSpec,
  { read, env }: OpeningStore,
): Promise<KubernetesConnection> {
  const { url, namespace, field = 'password', token = podToken, labels = {}, tls } = spec;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (url === undefined && host === undefined)
    throw new Fault('secrets/no-store', `The ${label} names no API server, and we run in no Kubernetes cluster.`, {
      remedy: 'Write `spec.url`, with `spec.token` and `spec.tls`.',
    });
  const trusted = tls ?? (url === undefined ? { ca: { file: `${pod}/ca.crt` } } : undefined);
  return {
    label,
    url: url ?? `https://${host?.includes(':') ? `[${host}]` : host}:${port}`,
    namespace,
    field,
    labels,
    token: () => read(token),
    ...(trusted === undefined ? {} : { tls: await tlsMaterial(trusted, read) }),
  };
}

async function awsConnection(label: string, spec: AwsStoreSpec, read: ReadSecret): Promise<AwsConnection> {
  const { region, endpoint, prefix = '', field, credentials } = spec;
  const named = credentials ?? { accessKeyId: { env: 'AWS_ACCESS_KEY_ID' }, secretAccessKey: { env: 'AWS_SECRET_ACCESS_KEY' } };
  const sessionToken = credentials === undefined ? { env: 'AWS_SESSION_TOKEN' } : credentials.sessionToken;
  const session = sessionToken && (await read(sessionToken).catch(unlessMissing(credentials === undefined)));
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    label,
    region,
    endpoint: endpoint ?? `https://secretsmanager.${region}.${domain}`,
    prefix,
    field,
    accessKeyId: (await read(named.accessKeyId)).reveal(),
    secretAccessKey: await read(named.secretAccessKey),
    ...(session === undefined ? {} : { sessionToken: session }),
  };
}

/** Long-lived keys have no session. */
const unlessMissing = (allowed: boolean) => (error: unknown) => {
  if (allowed && error instanceof Fault && error.code === 'secrets/missing') return undefined;
  throw error;
};

async function azureConnection(label: string, spec: AzureStoreSpec, read: ReadSecret): Promise<AzureConnection> {
  const { hostname } = new URL(spec.vaultUrl);
  // A vault of a sovereign cloud wants tokens for its own domain: team.vault.azure.cn → vault.azure.cn.
  const domain = /\.(vault\.[a-z.]+)$/.exec(hostname)?.[1] ?? 'vault.azure.net';
  return { label, vaultUrl: spec.vaultUrl, audience: `https://${domain}`, login: await azureLogin(spec, read) };
}

async function azureLogin(spec: AzureStoreSpec, read: ReadSecret): Promise<AzureLogin> {
  const { loginUrl = 'https://login.microsoftonline.com', tenantId, clientId, clientSecret, federatedToken } = spec;
  if (tenantId === undefined)
    return { method: 'managedIdentity', identityUrl: 'http://169.254.169.254', ...(clientId === undefined ? {} : { clientId }) };
  const secret =
    clientSecret === undefined
      ? { federatedToken: await read(federatedToken as SecretReference) }
      : { clientSecret: await read(clientSecret) };
  return { method: 'application', loginUrl, tenantId, clientId: clientId as string, secret };
}
