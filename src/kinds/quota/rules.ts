import type { Kind } from '../kind.ts';
import { accountOf, amount, entityIn } from './entity.ts';
import { report } from './problems.ts';
import type { QuotaSpec } from './spec.ts';

/** Checks of one quota: whom it is for, that its limits hold for such an entity, and that a tenant limits nobody but itself. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const { entity, limits } = resource.spec as QuotaSpec;
  const named = entityIn(resource, '');
  const ip = named.ip !== undefined;
  if (Object.keys(named).length === 0) reportAt(details => report('no-entity', details), ['entity'], '`entity` names nobody.');
  const users = [entity.serviceAccount, entity.user, entity.default?.includes('user') ? 'default' : undefined];
  if (users.filter(each => each !== undefined).length > 1)
    reportAt(details => report('two-users', details), ['entity'], 'An entity has one user.');
  if (ip && (named.user !== undefined || named.clientId !== undefined))
    reportAt(details => report('ip-alone', details), ['entity'], 'An ip cannot be combined with user or clientId.');
  for (const [key, value] of Object.entries(limits)) {
    if (amount(key, value) === undefined)
      reportAt(details => report('bad-limit', details), ['limits', key], `\`${value}\` is no limit for ${key}.`);
    if ((key === 'connection_creation_rate') !== ip)
      reportAt(
        details => report('ip-alone', details),
        ['limits', key],
        `${key} ${ip ? 'does not hold for an ip' : 'holds for an ip only'}.`,
      );
  }
  accountRules(resource, around, reportAt);
};

const accountRules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const { entity } = resource.spec as QuotaSpec;
  const account = accountOf(resource, around);
  if (
    entity.user !== undefined &&
    around.prefix !== '' &&
    around
      .facts('account')
      .some(each => each.cluster === resource.cluster && each.scram && each.plainPrincipal === `User:${entity.user}`)
  )
    reportAt(
      details => report('name-the-account', details),
      ['entity', 'user'],
      `\`${entity.user}\` is \`${around.prefix}${entity.user}\` in ${around.environment}.`,
    );
  if (resource.tenant === null) return;
  if (entity.serviceAccount === undefined || (entity.default ?? []).length > 0 || entity.ip !== undefined)
    reportAt(details => report('platform-only', details), ['entity'], 'A tenant limits accounts of its own.');
  if (account !== undefined && account.tenant !== resource.tenant)
    reportAt(
      details => report('not-your-account', details),
      ['entity', 'serviceAccount'],
      `\`${account.name}\` is an account of ${account.tenant ?? 'the platform'}.`,
    );
};
