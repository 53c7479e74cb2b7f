import { type Change, type Fields, type Outcome, type Reason, whenApplied } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import { parseDuration } from '#model/quantity.ts';
import type { Resource } from '#model/resource.ts';
import { type Kept, keptIn } from '#model/secret-store.ts';
import { apart } from '#ports/apart.ts';
import type { Assessment, ClusterPorts, Difference, ProbeVerdict, SoFar } from '../kind.ts';
import { userOf } from './kept.ts';
import { mustRestart } from './overlap.ts';
import { reasons } from './problems.ts';
import { project } from './project.ts';
import type { ServiceAccountSpec } from './spec.ts';

const defaultLifetime = '90d';
const lifetimeOf = (validFor: unknown): number => parseDuration(String(validFor ?? defaultLifetime)) ?? 0;

/** Does this change make a certificate? */
export const isIssue = ({ action, fields }: Pick<Change | Difference, 'action' | 'fields'>): boolean =>
  action !== 'delete' &&
  (fields.some(field => field.path === 'certificate' && field.to !== null) ||
    (fields.some(field => field.path === 'credential.issued' && field.to === whenApplied) &&
      !fields.some(field => field.path === 'credential.mechanism')));

/** What a TLS account shall have now: a certificate that is made anew before its last third of life, when it has grown old, moves, or a person asks. */
export function certificateNow(resource: Resource, { owned, live, now, asked }: SoFar): Fields {
  const { certificate } = project(resource);
  if (certificate === undefined) return {};
  const { credentials } = resource.spec as ServiceAccountSpec;
  const stays = live !== undefined && !asked && owned.certificate === certificate;
  const { 'credential.issued': issued, 'credential.validFor': validFor } = owned;
  const rotateEvery = parseDuration(credentials?.rotateEvery ?? '') ?? Number.POSITIVE_INFINITY;
  const oldest = Math.min(rotateEvery, (lifetimeOf(validFor) * 2) / 3);
  if (stays && now.getTime() < Date.parse(String(issued)) + oldest)
    return { certificate, 'credential.validFor': validFor as string, 'credential.issued': issued as string };
  return { certificate, 'credential.validFor': credentials?.validFor ?? defaultLifetime, 'credential.issued': whenApplied };
}

/** A certificate is renewed by a second one, and nobody takes back what was issued: both are said. */
export function assessCertificate({ action, fields, resource }: Difference): Assessment {
  if (action === 'update')
    return {
      reasons: [
        {
          code: reasons.secondCertificate,
          message: `A second certificate: the one before it goes on until it expires.${mustRestart((resource?.spec ?? {}) as ServiceAccountSpec)}`,
        },
      ],
    };
  const place = fields.find(field => field.path === 'certificate')?.from;
  if (action !== 'delete' || place == null) return {};
  const message = `Its certificate in ${place} goes. Brokers ask no revocation list: whoever has a copy still gets in until it expires, without the rights that go with this account.`;
  return { risk: 'disruptive', reasons: [{ code: reasons.notRevoked, message }] };
}

/** Could the authority issue them, and can their stores be read? Said before anything is written, in its own words. */
export const probeCertificates = (ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> =>
  Promise.all(
    differences.map(async ({ resource }) => {
      const { credentials } = (resource?.spec ?? {}) as ServiceAccountSpec;
      const place = keptIn(resource === undefined ? undefined : project(resource).certificate);
      const refusal = await refusalOf(async () => {
        await (await ports.authority()).examine(lifetimeOf(credentials?.validFor));
        if (place !== undefined) await ports.secrets(place.store).getAll([place.key]);
      });
      return { probe: 'accepted', ...(refusal === undefined ? {} : { impossible: [refusal] }) };
    }),
  );

/** Issues and stores, one by one: a key is in its store before anybody could use it. One outcome per change, in order. */
export async function issueCertificates(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const change of changes) {
    const refusal = await refusalOf(() => issue(ports, change));
    outcomes.push(refusal === undefined ? { state: 'applied' } : { state: 'failed', ...refusal });
  }
  return outcomes;
}

async function issue(ports: ClusterPorts, change: Change): Promise<void> {
  const { store, key } = keptIn(change.owned.certificate) as Kept;
  const authority = await ports.authority();
  const { bundle } = await authority.issue(userOf(change.remoteName), lifetimeOf(change.owned['credential.validFor']));
  await ports.secrets(store).put(key, bundle);
  const moved = keptIn(change.fields.find(field => field.path === 'certificate')?.from);
  const [former] = await apart(ports, moved === undefined ? [] : [moved], [{ store, key }]);
  if (former !== undefined) await ports.secrets(former.store).deleteAll([former.key]);
}

async function refusalOf(work: () => Promise<void>): Promise<Reason | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { code: error.code, message: error.remedy === undefined ? error.message : `${error.message} ${error.remedy}` };
  }
}
