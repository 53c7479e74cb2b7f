import type { Fields } from '#model/change.ts';
import type { Resource } from '#model/resource.ts';
import { keptText, localStore, storeName } from '#model/secret-store.ts';
import { userOf } from './kept.ts';
import { mechanismOf, type ServiceAccountSpec } from './spec.ts';

/** Below the tenant's own name, where no other tenant may write; `@` stands in no tenant's name. A name of X.500 keeps what stores can hold. */
const defaultKey = ({ tenant, environment, cluster, remoteName }: Resource, name = userOf(remoteName)): string =>
  [tenant ?? '@platform', environment, cluster, name].join('/');

/** A SCRAM user has a mechanism and, once we made it, a credential in a store; a TLS account that says where gets a certificate. Others have nothing on the cluster. */
export function project(resource: Resource): Fields {
  const spec = resource.spec as ServiceAccountSpec;
  const mechanism = mechanismOf(spec);
  const { deliverTo } = spec.credentials ?? {};
  const declared = resource.refersTo.find(each => each.kind === 'SecretStore');
  const place = (store: string, key: string) => keptText({ store: declared === undefined ? store : storeName(declared), key });
  if (mechanism === undefined) {
    if (spec.authentication?.type !== 'tls' || deliverTo === undefined) return {};
    const key = deliverTo.key ?? defaultKey(resource, userOf(resource.remoteName).replaceAll(/[^A-Za-z0-9._-]/g, '-'));
    return { certificate: place(deliverTo.store, key) };
  }
  const { store = localStore, key = defaultKey(resource) } = deliverTo ?? {};
  return { [`mechanism.${mechanism}`]: true, credential: place(store, key) };
}

/** Where its credential is kept, of whatever kind; undefined where none is made. */
export function placeOf(resource: Resource): string | undefined {
  const { credential, certificate } = project(resource);
  return (credential ?? certificate) as string | undefined;
}
