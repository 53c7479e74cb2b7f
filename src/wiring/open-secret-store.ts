import { Fault } from '#model/fault.ts';
import type { SecretReference } from '#model/redacted.ts';
import { type SecretStoreSpec, type VaultStoreSpec } from '#model/secret-store.ts';
import type { RequestCounts } from '#ports/connection.ts';
import type { Secrets } from '#ports/secrets.ts';
import type { VaultLogin } from '#targets/rest/secrets/vault.ts';
import { type ReadSecret, tlsMaterial } from './connections.ts';
import { localFiles, type StoreSurroundings } from './secret-stores.ts';

export interface OpeningStore extends StoreSurroundings {
  readonly read: ReadSecret;
}

/** Where Kubernetes puts a pod's own token. */
const podToken: SecretReference = { file: '/var/run/secrets/kubernetes.io/serviceaccount/token' };

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
    default:
      throw new Fault('secrets/no-store', `The ${label} is of the type ${spec.type}.`);
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
