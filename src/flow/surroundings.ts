import type { Surroundings } from '#kinds/kind.ts';
import type { Fact } from '#model/fact.ts';
import { covers } from '#model/name-pattern.ts';
import type { Resource } from '#model/resource.ts';
import type { RightTexts } from '#ports/right-texts.ts';
import type { Composed } from './compose.ts';
import type { Frame } from './frame.ts';
import type { KindRegistry } from './load.ts';
import { ownerOf, patternsOf } from './ownership.ts';
import { type References, referencesIn } from './references.ts';
import { storeRefusals } from './secret-stores.ts';
import { checkShape, framed } from './shape.ts';
import { registrySharedWith } from './shared-clusters.ts';

/** What there is to know around the resources of one environment. */
export interface Landscape {
  readonly frame: Frame;
  readonly kinds: KindRegistry;
  /** Another environment, composed when it is first asked for. */
  composed(environment: string): Composed | undefined;
  readonly rightTexts?: RightTexts | undefined;
}

/** The resources whose shape is right: only these are asked what they tell others. */
const soundOf = (declared: readonly Resource[], kinds: KindRegistry): Resource[] =>
  declared.filter(resource => framed.has(resource.kind) || checkShape(resource, resource.spec, kinds).length === 0);

/** What the kinds of one environment may know of it, and of the landscape around it. */
export function surroundings(
  composed: Composed,
  landscape: Landscape,
  { sound, references }: { readonly sound: readonly Resource[]; readonly references: References },
): Surroundings {
  const { frame, kinds } = landscape;
  const facts = factsOf(sound, kinds);
  const others = new Map<string, Surroundings | undefined>();
  return {
    environment: composed.environment,
    environmentSpec: composed.spec,
    prefix: composed.prefix,
    today: composed.today,
    owner: (category, name) => ownerOf(frame, category, name),
    ownersWithin: (category, asked) =>
      [...frame.tenants.keys()].flatMap(tenant =>
        patternsOf(frame, tenant, category).flatMap(pattern => {
          if (covers(pattern, asked)) return [{ tenant, pattern: asked }];
          return asked.endsWith('*') && covers(asked, pattern) ? [{ tenant, pattern }] : [];
        }),
      ),
    facts,
    rightTexts: landscape.rightTexts,
    storeRefusal: storeRefusals(references, composed.today, () => facts('storeConsent')),
    resolve: (reference, tenant, cluster = null) => references.find(reference.kind, reference.name, tenant, cluster).found,
    registrySharedWith: logical =>
      logical === null ? [] : registrySharedWith(frame, composed.environment, composed.spec.clusters[logical] as string),
    mayUsePrincipal: (tenant, principal) =>
      (frame.tenants.get(tenant)?.spec.principals ?? []).some(pattern => covers(pattern, principal)),
    kafkaCluster(name) {
      const found = frame.clusters.get(name);
      if (found === undefined) return undefined;
      const having = frame.environments.filter(each => Object.values(each.spec.clusters).includes(name));
      return { spec: found.spec, environments: having.map(each => each.name) };
    },
    otherEnvironment(environment) {
      if (!others.has(environment)) others.set(environment, around(landscape.composed(environment), landscape));
      return others.get(environment);
    },
  };
}

const around = (composed: Composed | undefined, landscape: Landscape): Surroundings | undefined =>
  composed &&
  surroundings(composed, landscape, {
    sound: soundOf(composed.declared, landscape.kinds),
    references: referencesIn(composed.declared),
  });

function factsOf(sound: readonly Resource[], kinds: KindRegistry): Surroundings['facts'] {
  const facts = new Map<string, Fact[]>();
  const publish = (fact: Fact) => {
    const known = facts.get(fact.fact);
    if (known === undefined) facts.set(fact.fact, [fact]);
    else known.push(fact);
  };
  for (const kind of kinds.values()) for (const fact of kind.builtInFacts ?? []) publish(fact);
  for (const resource of sound) for (const fact of kinds.get(resource.kind)?.facts?.(resource) ?? []) publish(fact);
  const none: Fact[] = [];
  return <Name extends Fact['fact']>(name: Name) => (facts.get(name) ?? none) as Extract<Fact, { fact: Name }>[];
}
