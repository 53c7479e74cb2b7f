import { documentName } from '#model/document-name.ts';
import { parseDuration } from '#model/quantity.ts';
import { provenance, type Resource } from '#model/resource.ts';
import { besideWhich } from '#model/secret-store.ts';
import { type Assessment, type Difference, type Kind, lacksOnCluster } from '../kind.ts';
import { assessCertificate, isIssue } from './certificates.ts';
import { isAsBrokersShow } from './distinguished-name.ts';
import { overlap, revocation } from './overlap.ts';
import { passwordStays, reasons, report, secondMechanism } from './problems.ts';
import { placeOf, project } from './project.ts';
import { defaultOverlap, isRotation, login, notes, renewal } from './renewal.ts';
import { besidePasswordOf, sharingKey, sharingKeyElsewhere } from './shared-keys.ts';
import { mechanismOf, ServiceAccountSpec } from './spec.ts';
import { apply, finish, probe, read } from './via-kafka.ts';

type Account = { readonly name: string; readonly spec: object };
/** Asked before the shape is checked, so whatever stands in the document is taken as text. */
const plain = (account: Account): string => String((account.spec as ServiceAccountSpec).principal ?? `User:${account.name}`);
const scram = (account: Account): boolean => mechanismOf(account.spec as ServiceAccountSpec) !== undefined;
const prefixed = (account: Account, prefix: string): string =>
  scram(account) ? plain(account).replace(/^User:/, `User:${prefix}`) : plain(account);

/** What a document says of a credential that such an account has not. */
function withoutEffect(account: Resource): ('rotateEvery' | 'overlap' | 'validFor' | 'deliverTo')[] {
  const { credentials = {} } = account.spec as ServiceAccountSpec;
  const idle = scram(account)
    ? (['validFor'] as const)
    : placeOf(account) === undefined
      ? (['rotateEvery', 'overlap', 'validFor', 'deliverTo'] as const)
      : (['overlap'] as const);
  return idle.filter(key => credentials[key] !== undefined);
}

/** Is a mechanism taken away and none given instead? */
const losesLogin = ({ fields }: Difference): boolean => {
  const mechanisms = fields.filter(field => field.path.startsWith('mechanism.'));
  return mechanisms.length > 0 && mechanisms.every(field => field.to === null);
};

/** What is lost with an account: its login, or only the password of a user that somebody else took away. */
function loss(difference: Difference): Assessment {
  const revoked = revocation(difference);
  if (revoked !== undefined) return revoked;
  if (losesLogin(difference))
    return {
      risk: 'disruptive',
      reasons: [{ code: reasons.noNewLogin, message: 'It can log in no more; connections that are open stay open.' }],
    };
  const secret = difference.action === 'delete' ? difference.fields.find(field => field.path === 'credential') : undefined;
  if (secret === undefined) return {};
  return {
    reasons: [
      { code: reasons.secretLeft, message: `Its user is gone from the cluster; its password in ${secret.from} goes too.` },
    ],
  };
}

/** What a change of an account costs, or how it is done without cost. */
function judgement(difference: Difference): Assessment {
  if (isRotation(difference)) return overlap(difference);
  if (isIssue(difference) || difference.fields.some(field => field.path === 'certificate')) return assessCertificate(difference);
  return loss(difference);
}

/** Who connects: a SCRAM user with a generated password, or a principal that something else vouches for. */
export const serviceAccount: Kind = {
  name: 'ServiceAccount',
  plural: 'accounts',
  description: 'Who connects: a SCRAM user with a generated password, or a principal of TLS, OAuth or another authority.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: ServiceAccountSpec,
  problems: report,
  refersTo: ['SecretStore', 'Secret'],
  references: spec => {
    const store = (spec.credentials as ServiceAccountSpec['credentials'])?.deliverTo?.store;
    return store === undefined || store === 'local'
      ? []
      : [{ kind: 'SecretStore', name: store, path: ['credentials', 'deliverTo', 'store'] }];
  },
  ownedNames: account => (scram(account) ? [{ category: 'accounts', name: plain(account).replace(/^User:/, ''), path: [] }] : []),
  remoteName: prefixed,
  facts: account => [
    {
      fact: 'account',
      tenant: account.tenant,
      name: account.name,
      cluster: account.cluster,
      principal: account.remoteName,
      plainPrincipal: plain(account),
      scram: scram(account),
      ...(placeOf(account) === undefined ? {} : { credential: placeOf(account) as string }),
    },
  ],
  rules: (account, around, reportAt) => {
    const { principal, credentials } = account.spec as ServiceAccountSpec;
    for (const key of ['rotateEvery', 'overlap', 'validFor'] as const)
      if (credentials?.[key] !== undefined && parseDuration(credentials[key]) === undefined)
        reportAt(details => report('bad-duration', details), ['credentials', key], `\`${credentials[key]}\` is no duration.`);
    for (const key of withoutEffect(account))
      reportAt(
        details => report('no-effect', details),
        ['credentials', key],
        `\`${key}\` says nothing of an account by ${(account.spec as ServiceAccountSpec).authentication?.type ?? 'scram-sha-512'}${placeOf(account) === undefined ? ' that kaas makes no credential for' : ''}.`,
      );
    const { rotateEvery, overlap: beside = defaultOverlap } = credentials ?? {};
    const [every, during] = [parseDuration(rotateEvery ?? ''), parseDuration(beside)];
    if (scram(account) && every !== undefined && during !== undefined && during >= every)
      reportAt(
        details => report('overlap-too-long', details),
        ['credentials', credentials?.overlap === undefined ? 'rotateEvery' : 'overlap'],
        `The overlap of ${beside} is not shorter than \`rotateEvery: ${rotateEvery}\`.`,
      );
    const { store, key } = { store: 'local', ...credentials?.deliverTo };
    const refusal = around.storeRefusal({ tenant: account.tenant, store, ...(key === undefined ? {} : { key }) });
    if (refusal !== undefined)
      reportAt(
        details => report(refusal.code === 'foreign-key' ? 'foreign-key' : 'store-not-granted', details),
        ['credentials', 'deliverTo', refusal.code === 'foreign-key' ? 'key' : 'store'],
        refusal.message,
      );
    if (key !== undefined && besideWhich(key) !== undefined)
      reportAt(details => report('reserved-key', details), ['credentials', 'deliverTo', 'key'], `\`${key}\` is such a key.`);
    const other = key === undefined ? besidePasswordOf(account, around) : undefined;
    if (other !== undefined)
      reportAt(
        details => report('reserved-key', details),
        [],
        `Named so, its password would stand where a rotation of \`${other.name}\` writes.`,
        { hint: 'Give it a key of its own in `credentials.deliverTo`, or another name.' },
      );
    const sharing = key !== undefined && placeOf(account) !== undefined ? sharingKey(placeOf(account) as string, around) : [];
    if (sharing.length > 1)
      reportAt(
        details => report('shared-key', details),
        ['credentials', 'deliverTo', 'key'],
        `\`${key}\` would hold the password of ${sharing.map(each => each.principal).join(' and ')}${new Set(sharing.map(each => each.principal)).size === 1 ? ', on two clusters' : ''}.`,
      );
    if (scram(account)) {
      if (principal !== undefined && !principal.startsWith('User:'))
        reportAt(details => report('scram-principal', details), ['principal'], `\`${principal}\` is no SCRAM user.`);
      if (!/^[\x21-\x7e]+$/.test(plain(account)) || /[,=]/.test(plain(account)))
        reportAt(
          details => report('unsafe-name', details),
          principal === undefined ? [] : ['principal'],
          `Not every client can log in as \`${plain(account)}\`: RFC 5802 escapes or prepares such names, and libraries differ.`,
          { severity: 'warning' },
        );
    } else if (principal === undefined)
      reportAt(
        details => report('principal-missing', details),
        ['authentication', 'type'],
        'This account has no SCRAM user, so its principal must be written.',
      );
    else if (placeOf(account) !== undefined && !isAsBrokersShow(principal.replace(/^User:/, '')))
      reportAt(
        details => report('no-distinguished-name', details),
        ['principal'],
        `\`${principal}\` is not what brokers would show of a certificate.`,
      );
    else if (account.tenant !== null && !around.mayUsePrincipal(account.tenant, principal))
      reportAt(
        details => report('principal-not-yours', details),
        ['principal'],
        `\`${principal}\` is not given to ${account.tenant}.`,
      );
  },
  acrossEnvironments: (account, { others }, reportAt) => {
    const path = ['credentials', 'deliverTo', 'key'];
    const sharing = sharingKeyElsewhere(account, others);
    if (sharing.length === 0) return;
    const { key } = (account.spec as ServiceAccountSpec).credentials?.deliverTo ?? {};
    const whose = sharing.map(each => `${each.remoteName} in ${each.environment}`);
    reportAt(
      details => report('shared-key', details),
      path,
      `\`${key}\` would hold the password of ${account.remoteName} in ${account.environment} and of ${whose.join(' and ')}.`,
      {
        hint: 'Patch `key` under `environments/<env>/`, put a variable of the environment into it, or leave it out.',
        related: sharing.flatMap(each => provenance(each, path).slice(0, 1)),
      },
    );
  },
  remote: {
    needs: ['kafka', 'secrets'],
    isRight: true,
    read,
    project,
    renewal,
    renewsSecret: change => change.action === 'create' || isRotation(change),
    login,
    notes,
    unreadable: ['credential', 'certificate', ...notes],
    probe,
    apply,
    finish,
    inScope: (remoteName, holds) => holds(remoteName.replace(/^User:/, '')),
    assess: (difference, cluster) => ({
      lacks: difference.fields.some(field => field.path.startsWith('mechanism.')) ? lacksOnCluster(cluster, 'ALTER') : [],
      ...judgement(difference),
    }),
    toManifest: (live, unprefixed) => {
      const user = unprefixed(live.remoteName.replace(/^User:/, ''));
      const name = documentName(user);
      const both = live.fields['mechanism.SCRAM-SHA-512'] === true && live.fields['mechanism.SCRAM-SHA-256'] === true;
      const type = live.fields['mechanism.SCRAM-SHA-512'] === true ? 'scram-sha-512' : 'scram-sha-256';
      return {
        name,
        spec: { ...(name === user ? {} : { principal: `User:${user}` }), authentication: { type } },
        lacks: both ? [passwordStays, secondMechanism] : [passwordStays],
      };
    },
  },
};
