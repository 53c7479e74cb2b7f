import type { Fact } from '#model/fact.ts';
import { covers } from '#model/name-pattern.ts';
import type { Surroundings } from '../kind.ts';
import { declaredOn, type Source } from './source.ts';
import type { MirrorSpec } from './spec.ts';

type Consent = Extract<Fact, { fact: 'mirrorConsent' }>;

/** Names of one owner that an environment holds no consent for. */
export interface Missing {
  readonly owner: string;
  readonly environment: string;
  readonly what: 'topic' | 'group';
  readonly name: string;
}

/** What a mirror asks for, part by part, each with its owner: topics by document where there is one, prefixes by the patterns that tenants own. */
function askedOf(spec: MirrorSpec, source: Source, around: Surroundings): Omit<Missing, 'environment'>[] {
  const topics = spec.topics.flatMap(name => {
    const found = declaredOn(source, 'Topic', name);
    const plain = name.slice(name.indexOf('/') + 1);
    if (found !== undefined) return found.tenant === null ? [] : [{ owner: found.tenant, what: 'topic' as const, name: plain }];
    return within('topics', plain, around).map(each => ({ ...each, what: 'topic' as const }));
  });
  const groups = (spec.groups ?? []).flatMap(name =>
    within('groups', name, around).map(each => ({ ...each, what: 'group' as const })),
  );
  return [...topics, ...groups];
}

const within = (category: 'topics' | 'groups', name: string, around: Surroundings) =>
  around.ownersWithin(category, name).map(each => ({ owner: each.tenant, name: each.pattern }));

/** What the owners have not consented to, on the side of the source or of the target. What nobody owns is the platform's, who writes the mirror. */
export function missingConsent(mirror: string, spec: MirrorSpec, { source, around }: Sides): Missing[] {
  const sides =
    source.around === undefined || source.around.environment === around.environment ? [around] : [source.around, around];
  return askedOf(spec, source, around).flatMap(asked =>
    sides
      .filter(side => !consents(side, mirror).some(consent => gives(consent, asked)))
      .map(side => ({ ...asked, environment: side.environment })),
  );
}

export interface Sides {
  readonly source: Source;
  readonly around: Surroundings;
}

const consents = (side: Surroundings, mirror: string): Consent[] =>
  side.facts('mirrorConsent').filter(each => each.mirror === mirror && (each.until === undefined || each.until >= side.today));

const gives = (consent: Consent, asked: Omit<Missing, 'environment'>): boolean =>
  (consent.from === asked.owner || consent.from === null) &&
  (asked.what === 'topic' ? consent.topics : consent.groups).some(pattern =>
    covers(pattern.slice(pattern.indexOf('/') + 1), asked.name),
  );
