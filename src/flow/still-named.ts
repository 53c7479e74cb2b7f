import { declarationName, type Resource } from '#model/resource.ts';
import { keptIn } from '#model/secret-store.ts';
import type { Draft, Judgement } from './difference.ts';
import { plain, secretsBelow } from './secret-makers.ts';

const shownAtMost = 3;

/** A secret that goes while documents still name it would leave them without: such a deletion is impossible until they name it no more. */
export function holdWhatIsNamed(
  drafts: readonly Draft[],
  judgements: readonly Judgement[],
  resources: readonly Resource[],
): void {
  const leaving = drafts.flatMap((draft, index) => {
    const places = draft.action === 'delete' ? placesOf(draft) : [];
    return places.map(place => ({ place, judgement: judgements[index] as Judgement }));
  });
  if (leaving.length === 0) return;
  const named = resources.flatMap(resource => secretsBelow(resource.spec).map(secret => ({ resource, secret: plain(secret) })));
  for (const { place, judgement } of leaving) {
    const users = new Set(
      named
        .filter(({ secret }) => secret === place || secret.startsWith(`${place}/`))
        .map(({ resource }) => declarationName(resource)),
    );
    if (users.size === 0) continue;
    const more = users.size > shownAtMost ? ` and ${users.size - shownAtMost} more` : '';
    const message = `${[...users].slice(0, shownAtMost).join(', ')}${more} ${users.size === 1 ? 'names' : 'name'} the secret that goes with it, \`\${secret.${place}}\`.`;
    judgement.impossible.push({ code: 'plan/still-named', message });
  }
}

/** What stands between the braces of `${secret.…}` of each secret that goes with this object: itself, where it is one, or the credential that is kept for it. */
function placesOf({ kind, remoteName, tenant, fields }: Draft): string[] {
  const isSecret = kind.remote?.needs.every(need => need === 'secrets') ?? false;
  const hidden = fields.filter(field => kind.remote?.unreadable?.includes(field.path)).map(field => field.from);
  const own = tenant === null ? remoteName : remoteName.replace(`${tenant}:`, '');
  return [...(isSecret ? [own] : []), ...hidden].flatMap(text => {
    const kept = keptIn(text);
    return kept === undefined ? [] : [`${kept.store}.${kept.key}`];
  });
}
