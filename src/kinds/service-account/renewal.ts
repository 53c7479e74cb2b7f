import { type Change, type Fields, whenApplied } from '#model/change.ts';
import type { Login } from '#model/login.ts';
import { parseDuration } from '#model/quantity.ts';
import type { Resource } from '#model/resource.ts';
import type { ScramMechanism } from '#ports/kafka.ts';
import type { Difference, SoFar } from '../kind.ts';
import { certificateNow } from './certificates.ts';
import { placeOf, project } from './project.ts';
import { mechanismOf, type ServiceAccountSpec } from './spec.ts';

/** What the ledger alone knows of a credential: under which mechanism the valid password is, what Git said when it came there, and when it was made. */
export const notes = ['credential.mechanism', 'credential.declared', 'credential.issued', 'credential.validFor'] as const;

/** How long an old password still works beside the new one where the document does not say. */
export const defaultOverlap = '24h';

export const otherMechanism = (mechanism: ScramMechanism): ScramMechanism =>
  mechanism === 'SCRAM-SHA-512' ? 'SCRAM-SHA-256' : 'SCRAM-SHA-512';

const milliseconds = (duration: string): number => parseDuration(duration) ?? 0;

/** When the password before the valid one stops working (ISO 8601); undefined where it is not known when the valid one was made. */
export function overlapEnds(spec: ServiceAccountSpec, issued: unknown): string | undefined {
  const from = typeof issued === 'string' ? Date.parse(issued) : Number.NaN;
  if (Number.isNaN(from)) return undefined;
  return new Date(from + milliseconds(spec.credentials?.overlap ?? defaultOverlap)).toISOString();
}

/** Does this change give the account a new password beside the old one? */
export const isRotation = ({ action, fields }: Pick<Change | Difference, 'action' | 'fields'>): boolean =>
  action === 'update' &&
  fields.some(field => field.path === 'credential.mechanism') &&
  fields.some(field => field.path === 'credential.issued' && field.to === whenApplied);

/**
 * What a SCRAM account shall have now. Kafka keeps one password per user and mechanism, so a new one goes under the other mechanism and the old one
 * stays for the overlap: until then both mechanisms are desired, afterwards the valid one, whichever Git names as the first. A password that we did not
 * make has no age, and nothing but a person's word replaces it.
 */
export function renewal(resource: Resource, { owned, live, now, asked }: SoFar): Fields {
  const spec = resource.spec as ServiceAccountSpec;
  const declared = mechanismOf(spec);
  const base = project(resource);
  if (declared === undefined) return certificateNow(resource, { owned, live, now, asked });
  const known = owned.credential !== undefined;
  const issued = owned['credential.issued'];
  const noted = known ? (owned['credential.mechanism'] as ScramMechanism | undefined) : undefined;
  // Git names another mechanism than the password is under: that is settled before there is a next one.
  const restated = noted === undefined ? known && owned[mechanism(declared)] !== true : owned['credential.declared'] !== declared;
  const current = restated ? declared : (noted ?? declared);
  const rotated: Fields = noted === undefined ? {} : { 'credential.mechanism': current, 'credential.declared': declared };
  const valid: Fields = {
    [mechanism(current)]: true,
    credential: base.credential as string,
    ...rotated,
    ...(issued === undefined ? {} : { 'credential.issued': issued }),
  };
  if (live === undefined) return { 'credential.issued': whenApplied, ...valid };
  const old = mechanism(otherMechanism(current));
  const isOverlapping = noted !== undefined && !restated && owned[old] === true && live.fields[old] === true;
  // The old one goes before there is a next one, however long nobody applied.
  if (isOverlapping && !asked) return now.toISOString() < (overlapEnds(spec, issued) ?? '') ? { ...valid, [old]: true } : valid;
  const moves = known && owned.credential !== base.credential;
  if (asked || (known && !moves && !restated && isDue(spec, issued, now)))
    return {
      ...valid,
      [old]: true,
      'credential.mechanism': otherMechanism(current),
      'credential.declared': declared,
      'credential.issued': whenApplied,
    };
  return known ? valid : { [mechanism(declared)]: true };
}

const mechanism = (name: ScramMechanism): string => `mechanism.${name}`;

function isDue(spec: ServiceAccountSpec, issued: unknown, now: Date): boolean {
  const every = spec.credentials?.rotateEvery;
  const from = typeof issued === 'string' ? Date.parse(issued) : Number.NaN;
  return every !== undefined && now.getTime() >= from + milliseconds(every);
}

/** How clients log in as the account now: by the mechanism that the valid password is under, whichever Git names as the first. */
export function login(resource: Resource, { owned, now }: Pick<SoFar, 'owned' | 'now'>): Login {
  const spec = resource.spec as ServiceAccountSpec;
  const declared = mechanismOf(spec);
  if (declared === undefined) {
    const keptIn = placeOf(resource);
    return { authentication: spec.authentication?.type as string, ...(keptIn === undefined ? {} : { keptIn }) };
  }
  const noted = owned['credential.declared'] === declared ? owned['credential.mechanism'] : undefined;
  const valid = (noted as ScramMechanism | undefined) ?? declared;
  const old = otherMechanism(valid);
  const until = noted !== undefined && owned[mechanism(old)] === true ? overlapEnds(spec, owned['credential.issued']) : undefined;
  return {
    authentication: valid.toLowerCase(),
    keptIn: (owned.credential ?? project(resource).credential) as string,
    ...(until !== undefined && now.toISOString() < until ? { old: { authentication: old.toLowerCase(), until } } : {}),
  };
}
