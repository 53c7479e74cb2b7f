import { type SecretStoreSpec as Declared, localStore } from '#model/secret-store.ts';
import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import { placeOf, rules, secretsIn } from './rules.ts';
import { SecretStoreSpec } from './spec.ts';

/** A place for generated passwords and other secrets. */
export const secretStore: Kind = {
  name: 'SecretStore',
  plural: 'secret stores',
  description: 'A place where generated passwords and other secrets are kept.',
  writtenBy: 'tenant',
  lives: 'landscape',
  spec: SecretStoreSpec,
  problems: report,
  // It names its own kind alone, which has no order: nothing of a store is written.
  references: spec =>
    secretsIn(spec as unknown as Declared).flatMap(({ reference, path }) =>
      'store' in reference && reference.store !== localStore
        ? [{ kind: 'SecretStore', name: reference.store, path: [...path, 'store'] }]
        : [],
    ),
  facts: resource => {
    const spec = resource.spec as unknown as Declared;
    const { tenant, name } = resource;
    return [
      {
        fact: 'secretStore',
        tenant,
        name,
        ...(spec.tenants === undefined ? {} : { tenants: spec.tenants }),
        place: placeOf(spec),
      },
    ];
  },
  rules,
};
