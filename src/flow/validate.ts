import type { Expansion, Kind, ReportAt, Surroundings } from '#kinds/kind.ts';
import type { Fact } from '#model/fact.ts';
import { ownedCategories } from '#model/frame/frame.ts';
import { covers } from '#model/name-pattern.ts';
import type { Path } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { declarationName, keyOf, type Referred, type Resource } from '#model/resource.ts';
import { type Kept, keptIn } from '#model/secret-store.ts';
import { claimedTwice, outsidePrefix, prefixOverlaps } from './claims.ts';
import { absentMessage, type Composed, type Waiting } from './compose.ts';
import { deletion } from './difference.ts';
import { foreignValues } from './foreign.ts';
import type { Frame } from './frame.ts';
import { overlappingOwners, ownerOf, patternsOf } from './ownership.ts';
import { validating } from './problems.ts';
import { type References, referencesIn } from './references.ts';
import { reporter } from './report.ts';
import { secretMakers } from './secret-makers.ts';
import { inFull, namingStores, secretVariables } from './secret-stores.ts';
import { filledSecrets, hearingSecrets, withoutSecrets } from './secrets-in-clear.ts';
import { checkShape, framed } from './shape.ts';
import { sharingProblems, twinProblems } from './shared-clusters.ts';
import { type Landscape, surroundings } from './surroundings.ts';

/** Checks every composed resource (shape, ownership, references, the kind's own rules), expands those that stand for others and unites equal ones. */
export function validate(composed: Composed, landscape: Landscape): Composed {
  const { frame, kinds } = landscape;
  const own = frame.environments.find(each => each.name === composed.environment) as Frame['environments'][number];
  const problems: Problem[] = [
    ...composed.problems,
    ...overlappingOwners(frame, ownedCategories),
    ...prefixOverlaps(composed, frame),
    ...twinProblems(frame, own),
    ...sharingProblems(frame, own),
  ];
  const sound: Resource[] = [];
  for (const resource of composed.declared) {
    const wrong = framed.has(resource.kind) ? [] : checkShape(resource, resource.spec, kinds);
    if (wrong.length === 0) sound.push(resource);
    problems.push(...wrong);
  }
  const references = referencesIn(composed.declared);
  const around = surroundings(composed, landscape, { sound, references });
  const makers = secretMakers(sound, kinds, inFull(references));
  const namedInFull = namingStores(composed, references);
  const declared: Resource[] = [];
  const plain: Resource[] = [];
  const expanded: Resource[] = [];
  const waiting: Waiting[] = [];
  const disowned = new Set<string>();
  for (const unresolved of sound) {
    const kind = kinds.get(unresolved.kind) as Kind;
    const report = reporter(unresolved, problems);
    if (!owns(unresolved, kind, frame, report)) disowned.add(keyOf(unresolved));
    const spec = namedInFull(unresolved, kind);
    const refersTo = [
      ...unresolved.refersTo,
      ...makers({ ...unresolved, spec }),
      ...resolved(unresolved, kind, { references, composed }, report),
    ];
    const whole = { ...unresolved, spec, refersTo };
    if (keepsElsewhere(unresolved, kind.facts?.(unresolved) ?? [], around)) disowned.add(keyOf(unresolved));
    const { hearing, hidden } = hearingSecrets(report);
    kind.rules?.(whole, around, hearing);
    for (const path of filledSecrets(whole.spec, hidden))
      hearing(
        details => validating('secret-in-clear', details),
        path,
        `With its variables filled in, the value of \`${path.at(-1)}\` is a secret.`,
      );
    const told = hidden.length === 0 ? whole : { ...whole, spec: withoutSecrets(whole.spec, hidden) };
    const expansion = told.managed ? kind.expand?.(told, around) : undefined;
    const itself = expansion?.resources.find(each => each.kind === told.kind && each.name === told.name);
    const resource = itself === undefined ? told : { ...told, remoteName: itself.remoteName };
    declared.push(resource);
    const named = resource.annotations[deletion];
    if (named !== undefined && named !== resource.name)
      report(details => validating('other-deletion', details), [], `${deletion} names \`${named}\`: nothing is deleted.`);
    if (expansion === undefined || itself !== undefined) plain.push(resource);
    else {
      problems.push(...(expansion.problems ?? []));
      if (expansion.waits !== undefined) waiting.push({ resource, waits: expansion.waits });
      for (const each of expansion.resources) expanded.push(spread(resource, each, makers({ ...resource, spec: each.spec })));
    }
  }
  problems.push(...foreignValues(composed, frame, secretVariables(composed, references, around.storeRefusal)));
  problems.push(...claimedTwice([...plain, ...unite(expanded)], kinds, disowned), ...outsidePrefix(plain, composed, kinds));
  const resources = [
    ...plain.filter(resource => kinds.get(resource.kind)?.remote !== undefined && resource.cluster !== null),
    ...unite(expanded),
  ];
  return { ...composed, declared, resources, waiting, problems };
}

/** Would it keep a secret under a key of somebody else's? Its kind says so; whose key it is has no part in it. */
const keepsElsewhere = ({ tenant }: Resource, facts: readonly Fact[], around: Surroundings): boolean =>
  facts.some(fact => fact.fact === 'secret' && around.storeRefusal({ tenant, ...(keptIn(fact.place) as Kept) }) !== undefined);

function owns(resource: Resource, kind: Kind, frame: Frame, report: ReportAt): boolean {
  if (resource.tenant === null || kind.ownedNames === undefined) return true;
  let all = true;
  for (const owned of kind.ownedNames(resource)) {
    const patterns = patternsOf(frame, resource.tenant, owned.category);
    if (patterns.some(pattern => covers(pattern, owned.name))) continue;
    all = false;
    const owner = ownerOf(frame, owned.category, owned.name);
    const whose = owner === null ? 'nobody owns it' : `it belongs to ${owner}`;
    report(
      details => validating('not-owned', details),
      owned.path,
      `\`${owned.name}\`: ${whose}; ${resource.tenant} owns ${patterns.join(', ') || 'no'} ${owned.category}.`,
    );
  }
  return all;
}

function resolved(
  resource: Resource,
  kind: Kind,
  { references, composed }: { references: References; composed: Composed },
  report: ReportAt,
): Referred[] {
  return (kind.references?.(resource.spec) ?? []).flatMap(reference => {
    const { found, candidates, nearest } = references.find(reference.kind, reference.name, resource.tenant, resource.cluster);
    if (found !== undefined)
      return [{ cluster: found.cluster, tenant: found.tenant, kind: found.kind, name: found.name, remoteName: found.remoteName }];
    const path: Path = reference.path;
    const key = `${reference.kind}/${reference.name.slice(reference.name.indexOf('/') + 1)}`;
    const absent = composed.absent.get(key);
    if (candidates.length > 1)
      report(
        details => validating('ambiguous-reference', details),
        path,
        `${reference.kind} \`${reference.name}\` could be ${candidates.join(' or ')}.`,
      );
    else if (absent !== undefined)
      report(details => validating('foreign-reference', details), path, absentMessage(composed, key, absent));
    else
      report(
        details => validating('missing-reference', details),
        path,
        `There is no ${reference.kind} \`${reference.name}\` in ${resource.environment}${resource.cluster === null ? '' : ` on ${resource.cluster}`}.`,
        nearest === undefined ? {} : { hint: `Did you mean \`${nearest}\`?` },
      );
    return [];
  });
}

const spread = (resource: Resource, each: Expansion['resources'][number], makers: readonly Referred[]): Resource => ({
  ...resource,
  kind: each.kind,
  name: each.name,
  remoteName: each.remoteName,
  spec: each.spec,
  refersTo: [...resource.refersTo, ...makers],
  declaredBy: [declarationName(resource)],
});

/** Equal remote identities become one resource: all declarations are listed, the first tenant by name (platform before all) is its tenant. */
function unite(resources: readonly Resource[]): Resource[] {
  const united = new Map<string, Resource>();
  for (const resource of resources) {
    const key = `${resource.cluster}\t${resource.kind}\t${resource.remoteName}`;
    const known = united.get(key);
    if (known === undefined) united.set(key, resource);
    else {
      const [first, second] = (known.tenant ?? '') <= (resource.tenant ?? '') ? [known, resource] : [resource, known];
      united.set(key, {
        ...first,
        protected: first.protected || second.protected,
        declaredBy: [...new Set([...first.declaredBy, ...second.declaredBy])].toSorted(),
        refersTo: [...first.refersTo, ...second.refersTo],
      });
    }
  }
  return [...united.values()];
}
