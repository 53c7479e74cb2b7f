import type { ScramMechanism } from '#ports/kafka.ts';
import type { Assessment, Difference } from '../kind.ts';
import { mechanismsIn } from './kept.ts';
import { reasons } from './problems.ts';
import { otherMechanism, overlapEnds } from './renewal.ts';
import type { ServiceAccountSpec } from './spec.ts';

/** Who has to, by the word of the document. */
export const mustRestart = ({ credentials }: ServiceAccountSpec): string =>
  credentials?.usedBy === undefined || credentials.usedBy.length === 0 ? '' : ` Must restart: ${credentials.usedBy.join(', ')}.`;

/** How a rotation keeps old and new password working, or why it cannot: the mechanism that the new one needs has a password already. */
export function overlap({ fields, live, resource }: Difference): Assessment {
  const field = (path: string) => fields.find(each => each.path === path);
  const target = field('credential.mechanism')?.to as ScramMechanism;
  const spec = (resource?.spec ?? {}) as ServiceAccountSpec;
  if (live?.fields[`mechanism.${target}`] === true) {
    const ends = field('credential.mechanism')?.from == null ? undefined : overlapEnds(spec, field('credential.issued')?.from);
    const whose =
      ends === undefined
        ? `It has a password under ${target} that this landscape did not make: a new one would cut off who uses that.`
        : `The password before this one, under ${target}, still works until ${ends}: a new one would cut off who uses it.`;
    const way =
      ends === undefined
        ? `Remove the one that no client uses (kafka-configs --delete-config ${target}).`
        : 'Wait, or shorten `overlap` and apply.';
    return { impossible: [{ code: reasons.bothInUse, message: `${whose} ${way}` }] };
  }
  const length = spec.credentials?.overlap ?? '24h';
  return {
    reasons: [
      {
        code: reasons.otherMechanism,
        message: `The new password goes under ${target}; the old one, under ${otherMechanism(target)}, works beside it for ${length}. Clients take both, mechanism and password, from \`kaas connection\`.${mustRestart(spec)}`,
      },
    ],
  };
}

/** The end of an overlap: of two mechanisms the older one goes. */
export function revocation(difference: Difference): Assessment | undefined {
  const [gone, ...more] = mechanismsIn(difference, 'from');
  const stays = gone !== undefined && difference.live?.fields[`mechanism.${otherMechanism(gone)}`] === true;
  if (difference.action !== 'update' || more.length > 0 || !stays || mechanismsIn(difference, 'to').length > 0) return undefined;
  return {
    risk: 'disruptive',
    reasons: [
      {
        code: reasons.revoked,
        message: `The overlap is over: the old password, under ${gone}, lets nobody in any more; connections that are open stay open.`,
      },
    ],
  };
}
