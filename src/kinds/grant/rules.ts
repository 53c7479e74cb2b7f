import { ownsStore } from '#model/secret-store.ts';
import type { Kind, ReportAt, Surroundings } from '../kind.ts';
import { report } from './problems.ts';
import type { GrantSpec } from './spec.ts';

/** Nobody but the owner consents, to something that exists, and not for ever if a day is named. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as GrantSpec;
  if (spec.until !== undefined && spec.until < around.today)
    reportAt(details => report('expired', details), ['until'], `It ended on ${spec.until}.`);
  const { mirror, to, as, topics, groups, stores, schemas } = spec;
  if ((to === undefined) === (mirror === undefined))
    reportAt(details => report('unclear', details), [], 'Either `to` or `mirror` says who may.');
  else if (mirror === undefined ? groups !== undefined : (as ?? stores ?? schemas) !== undefined || topics === undefined)
    reportAt(details => report('unclear', details), [], '`mirror` goes with `topics` and `groups` alone.');
  else if (mirror === undefined) substance(spec, reportAt);
  const templates = around.facts('accessTemplate').map(each => each.name);
  if (spec.as !== undefined && !templates.includes(spec.as))
    reportAt(
      details => report('unknown-template', details),
      ['as'],
      `There is no access template \`${spec.as}\`; there are ${templates.join(', ')}.`,
    );
  if (resource.tenant === null) return;
  topicsOf(spec, resource.tenant, around, reportAt);
  groupsOf(spec, resource.tenant, around, reportAt);
  schemasOf(spec, resource.tenant, around, reportAt);
  storesOf(spec, resource.tenant, around, reportAt);
};

function groupsOf({ groups = [] }: GrantSpec, tenant: string, around: Surroundings, reportAt: ReportAt): void {
  groups.forEach((group, index) => {
    const owner = around.owner('groups', group);
    if (owner !== tenant)
      reportAt(
        details => report('not-yours', details),
        ['groups', index],
        `\`${group}\`: ${owner === null ? `${tenant} does not own it` : `it belongs to ${owner}`}.`,
      );
  });
}

function topicsOf({ topics = [] }: GrantSpec, tenant: string, around: Surroundings, reportAt: ReportAt): void {
  topics.forEach((topic, index) => {
    const found = topic.endsWith('*') ? undefined : around.resolve({ kind: 'Topic', name: topic }, tenant);
    const owner = found?.tenant ?? around.owner('topics', topic.slice(topic.indexOf('/') + 1));
    if (owner !== tenant)
      reportAt(
        details => report('not-yours', details),
        ['topics', index],
        `\`${topic}\`: ${owner === null ? `${tenant} does not own it` : `it belongs to ${owner}`}.`,
      );
  });
}

function storesOf({ stores = [] }: GrantSpec, tenant: string, around: Surroundings, reportAt: ReportAt): void {
  stores.forEach((name, index) => {
    const found = around.resolve({ kind: 'SecretStore', name }, tenant);
    const fact = around.facts('secretStore').find(each => each.tenant === found?.tenant && each.name === found.name);
    if (fact !== undefined && !ownsStore(tenant, fact))
      reportAt(
        details => report('not-yours', details),
        ['stores', index],
        `\`${name}\`: it belongs to ${fact.tenant ?? 'the platform'}, and ${fact.tenant === null ? 'is not given to' : 'not to'} ${tenant}${fact.tenant === null ? ' alone' : ''}.`,
      );
  });
}

/** A prefix of names is the tenant's own anyway: it reaches no schema of another. */
function schemasOf({ schemas = [] }: GrantSpec, tenant: string, around: Surroundings, reportAt: ReportAt): void {
  schemas.forEach((name, index) => {
    const found = name.endsWith('*') ? undefined : around.resolve({ kind: 'Schema', name }, tenant);
    if (found !== undefined && found.tenant !== tenant)
      reportAt(
        details => report('not-yours', details),
        ['schemas', index],
        `\`${name}\`: it belongs to ${found.tenant ?? 'the platform'}.`,
      );
  });
}

/** Does it say what the tenant may? */
function substance(spec: GrantSpec, reportAt: ReportAt): void {
  if ((spec.as === undefined) !== (spec.topics === undefined))
    reportAt(
      details => report('nothing', details),
      [],
      spec.as === undefined ? '`topics` are named without `as`.' : '`as` is named without `topics`.',
    );
  else if (spec.as === undefined && spec.stores === undefined && spec.schemas === undefined)
    reportAt(details => report('nothing', details), [], 'It names neither topics nor schemas nor stores.');
}
