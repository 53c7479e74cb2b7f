import type { Fields } from '#model/change.ts';
import type { Resource } from '#model/resource.ts';
import { keptText, localStore, storeName } from '#model/secret-store.ts';
import { userOf } from './kept.ts';
import { mechanismOf, type ServiceAccountSpec } from './spec.ts';

/** Below the tenant's own name, where no other tenant may write; `@` stands in no tenant's name. */
const defaultKey = ({ tenant, environment, cluster, remoteName }: Resource): string =>
  [tenant ?? '@platform', environment, cluster, userOf(remoteName)].join('/');

/** A SCRAM user has a mechanism and, once we made it, a credential in a store. Other accounts have nothing on the cluster. */
export function project(resource: Resource): Fields {
  const spec = resource.spec as ServiceAccountSpec;
  const mechanism = mechanismOf(spec);
  if (mechanism === undefined) return {};
  const { store = localStore, key = defaultKey(resource) } = spec.credentials?.deliverTo ?? {};
  const declared = resource.refersTo.find(each => each.kind === 'SecretStore');
  return {
    [`mechanism.${mechanism}`]: true,
    credential: keptText({ store: declared === undefined ? store : storeName(declared), key }),
  };
}
