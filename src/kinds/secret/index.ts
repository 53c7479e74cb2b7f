import type { Resource } from '#model/resource.ts';
import { mayClaim } from '#model/secret-store.ts';
import type { Kind } from '../kind.ts';
import { apply } from './apply.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { keptOf, remoteNameOf, SecretSpec, textsOf, writtenPlace } from './spec.ts';
import { assess, project, read, renewsSecret } from './via-stores.ts';

/** A secret that stands sealed in Git and is opened into a store, for whatever refers to it there. */
/** The entries that stand below the key; the empty name is the key itself. What a whole file holds is known only once it is opened. */
const entriesOf = (resource: Resource): string[] => (resource.spec.entry === undefined ? [...textsOf(resource).keys()] : ['']);

export const secret: Kind = {
  name: 'Secret',
  plural: 'secrets',
  description: 'A secret that stands sealed in Git and is opened into a store of secrets.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: SecretSpec,
  problems: report,
  refersTo: ['SecretStore'],
  references: spec => {
    const { store } = spec as SecretSpec;
    return store === undefined || store === 'local' ? [] : [{ kind: 'SecretStore', name: String(store), path: ['store'] }];
  },
  files: spec => (typeof spec.file === 'string' ? [{ file: spec.file, path: ['file'] }] : []),
  remoteName: remoteNameOf,
  facts: resource => [
    {
      fact: 'secret',
      tenant: resource.tenant,
      name: resource.name,
      place: writtenPlace(resource),
      texts: [...textsOf(resource).values()].map(text => text.trim()),
      ...(typeof resource.spec.file === 'string' && resource.spec.entry === undefined ? {} : { entries: entriesOf(resource) }),
    },
  ],
  rules,
  acrossEnvironments: (resource, { others }, reportAt) => {
    if (!writtenPlace(resource).startsWith('local/') || !patched(resource)) return;
    const texts = (each: Resource) => JSON.stringify([...textsOf(each)]);
    const twin = others().find(
      each => each.remoteName === resource.remoteName && texts(each) !== texts(resource) && mayClaim(each.tenant, keptOf(each)),
    );
    if (twin === undefined) return;
    reportAt(
      details => report('shared-key', details),
      [],
      `\`${resource.remoteName}\` would hold another value in ${twin.environment} than in ${resource.environment}.`,
      { hint: 'Patch `key` too, or put a variable of the environment into it.' },
    );
  },
  remote: { needs: ['secrets'], isRight: true, read, project, renewsSecret, assess, apply },
};

/** Does a document of one environment alone have a say in it? Without one it is the same everywhere. */
const patched = (resource: Resource): boolean => resource.layers.some(layer => layer.manifest.overlay !== null);
