import type { OwnedCategory } from '#model/frame/frame.ts';
import { covers } from '#model/name-pattern.ts';
import type { Resource } from '#model/resource.ts';
import type { Kind, ReportAt, Surroundings } from '../kind.ts';
import { senseless } from './binding.ts';
import { accountOf } from './expand.ts';
import { report } from './problems.ts';
import { AclSpec } from './spec.ts';

const categories: Readonly<Record<string, OwnedCategory>> = {
  topic: 'topics',
  group: 'groups',
  transactionalId: 'transactionalIds',
};

/** Checks of one raw rule: that it makes sense and, in a tenant's folder, that tenant, account and resource belong together. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = AclSpec.parse(resource.spec);
  const { type, name, pattern } = spec.resource;
  if ((spec.serviceAccount === undefined) === (spec.principal === undefined))
    reportAt(
      details => report('no-principal', details),
      [],
      'Exactly one of `serviceAccount` and `principal` says whom the rule is for.',
    );
  if (type === 'cluster' && name !== 'kafka-cluster')
    reportAt(details => report('cluster-name', details), ['resource', 'name'], `The cluster is not called \`${name}\`.`);
  spec.operations.forEach((operation, index) => {
    const why = senseless({ resourceType: type, resourceName: name, pattern, operation });
    const effect = spec.permission === 'deny' ? 'This denies nothing.' : 'This grants nothing.';
    if (why !== undefined) reportAt(details => report('senseless', details), ['operations', index], `${why} ${effect}`);
  });
  if (resource.tenant !== null) tenantRules({ ...resource, tenant: resource.tenant }, around, reportAt);
};

function tenantRules(resource: Resource & { tenant: string }, around: Surroundings, reportAt: ReportAt): void {
  const spec = AclSpec.parse(resource.spec);
  const { tenant } = resource;
  const { type, name, pattern } = spec.resource;
  const category = categories[type];
  if (category === undefined || name === '*') {
    reportAt(details => report('platform-only', details), ['resource'], `A tenant cannot give rights on ${type} \`${name}\`.`);
    return;
  }
  const account = accountOf(resource, around);
  if (account !== undefined && account.tenant !== tenant)
    reportAt(
      details => report('not-your-principal', details),
      [spec.serviceAccount === undefined ? 'principal' : 'serviceAccount'],
      `\`${account.name}\` is an account of ${account.tenant ?? 'the platform'}.`,
    );
  else if (account === undefined && spec.principal !== undefined && !around.mayUsePrincipal(tenant, spec.principal))
    reportAt(details => report('not-your-principal', details), ['principal'], `\`${spec.principal}\` is not given to ${tenant}.`);
  const wanted = pattern === 'prefixed' ? `${name}*` : name;
  const owner = around.owner(category, wanted);
  if (owner === tenant) return;
  const whose = owner === null ? `${tenant} does not own it` : `it belongs to ${owner}`;
  const granted = category === 'topics' ? grantedOperations(wanted, owner, tenant, around) : new Set<string>();
  if (granted.size === 0)
    reportAt(details => report('not-your-resource', details), ['resource', 'name'], `\`${wanted}\`: ${whose}.`);
  else if (spec.permission !== 'deny')
    spec.operations.forEach((operation, index) => {
      if (!granted.has(operation))
        reportAt(
          details => report('not-your-resource', details),
          ['operations', index],
          `\`${wanted}\`: ${whose}, whose Grant covers ${[...granted].join(', ')}, not ${operation}.`,
        );
    });
}

/** What the owner's consents that still hold let the tenant do on a topic: the topic rights of the templates that they name, with what these imply. */
function grantedOperations(wanted: string, owner: string | null, tenant: string, around: Surroundings): Set<string> {
  const granted = new Set<string>();
  for (const consent of around.facts('consent')) {
    if (consent.to !== tenant || (consent.from !== owner && consent.from !== null)) continue;
    if (consent.until !== undefined && consent.until < around.today) continue;
    if (!consent.topics.some(pattern => covers(pattern.slice(pattern.indexOf('/') + 1), wanted))) continue;
    const template = around.facts('accessTemplate').find(each => each.name === consent.as);
    for (const rule of template?.rules ?? [])
      if (rule.resource === 'topic' && rule.name === '{topic}')
        for (const operation of rule.operations) {
          granted.add(operation);
          if (/^(READ|WRITE|DELETE|ALTER)$/.test(operation)) granted.add('DESCRIBE');
        }
  }
  return granted;
}
