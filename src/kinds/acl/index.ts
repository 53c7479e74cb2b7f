import type { AclBinding } from '#ports/kafka.ts';
import {
  type Assessment,
  type ClusterFacts,
  type Difference,
  type Kind,
  type Live,
  lacksOnCluster,
  outcomesOf,
} from '../kind.ts';
import { bindingOf, nameOf, opposites } from './binding.ts';
import { collapse } from './collapse.ts';
import { expand } from './expand.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { AclSpec } from './spec.ts';
import { toManifest } from './to-manifest.ts';

const toLive = (binding: AclBinding): Live => ({
  remoteName: nameOf(binding),
  remoteId: null,
  fields: {},
  defaults: {},
  internal: false,
  details: {},
});

/** A DENY that goes opens what it held back; an ALLOW that goes or comes beside a DENY changes less than it seems. */
function assess(difference: Difference, cluster: ClusterFacts): Assessment {
  const binding = bindingOf(difference.remoteName);
  const others = difference.action === 'create' || difference.action === 'delete' ? opposites(binding, cluster.live) : [];
  const risk = difference.action === 'delete' ? ('disruptive' as const) : ('safe' as const);
  const lacks = lacksOnCluster(cluster, 'ALTER');
  if (others.length === 0) return { risk, lacks };
  const shown = `${others.slice(0, 3).map(nameOf).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`;
  const deny = binding.permission === 'DENY';
  const message =
    difference.action === 'create'
      ? deny
        ? `It takes away what is allowed now: ${shown}.`
        : `It is allowed only as far as no DENY stays: ${shown}.`
      : deny
        ? `What it held back is allowed from then on: ${shown}.`
        : `The ALLOW goes while a DENY for the same stays: ${shown}.`;
  return { risk, lacks, reasons: [{ code: 'acl/opposite-stays', message }] };
}

/** One right of one principal on one resource, as Kafka keeps it. */
export const acl: Kind = {
  name: 'Acl',
  plural: 'ACLs',
  description: "A raw rule of Kafka's: who may, or may not, do what on which resource. Prefer Access where a template fits.",
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: AclSpec,
  problems: report,
  refersTo: ['ServiceAccount', 'Topic'],
  references: spec =>
    typeof spec.serviceAccount === 'string'
      ? [{ kind: 'ServiceAccount', name: spec.serviceAccount, path: ['serviceAccount'] }]
      : [],
  remoteName: resource => resource.name,
  expand,
  collapse,
  rules,
  remote: {
    needs: ['kafka'],
    isRight: true,
    read: async (ports, scope) => (await ports.kafka.listAcls({ confirm: scope.confirm })).map(toLive),
    project: () => ({}),
    assess,
    apply: async (ports, changes) => {
      const deleting = changes.every(change => change.action === 'delete');
      const bindings = changes.map(change => bindingOf(change.remoteName));
      return outcomesOf(deleting ? await ports.kafka.deleteAcls(bindings) : await ports.kafka.createAcls(bindings));
    },
    inScope: (remoteName, holds) => {
      const { principal, resourceName, resourceType } = bindingOf(remoteName);
      const named = /^(topic|group|transactionalId)$/.test(resourceType) ? resourceName : principal.replace(/^User:/, '');
      return holds(named);
    },
    clusterWide: remoteName => bindingOf(remoteName).resourceType === 'cluster',
    toManifest,
  },
};
