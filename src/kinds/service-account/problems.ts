import type { Reason } from '#model/change.ts';
import { problems } from '#model/problem.ts';

/** Every problem that ServiceAccount documents can have. */
export const report = problems('service-account', {
  'principal-missing': { title: 'The principal is missing', hint: 'An account that is not SCRAM needs `principal: User:…`.' },
  'principal-not-yours': {
    title: 'The principal is not given to this tenant',
    hint: 'The platform lists principals in `Tenant.spec.principals`.',
  },
  'scram-principal': {
    title: 'A SCRAM account takes its name as principal',
    hint: 'Write `principal: User:<metadata.name>` or leave it out.',
  },
  'unsafe-name': { title: 'This name is trouble with SCRAM', hint: 'Use ASCII without spaces, commas and equals signs.' },
  'bad-duration': { title: 'This is no duration', hint: 'Examples: 90d, 24h, 15m.' },
  'shared-key': {
    title: 'Two passwords would be kept under one key',
    hint: 'Give each account and cluster a key of its own, or leave `key` out.',
  },
  'no-distinguished-name': {
    title: 'A certificate needs a distinguished name',
    hint: 'Write the principal as brokers show it, without spaces between its parts: `User:CN=gateway,O=Acme`. The parts are CN, OU, O, L, ST, C, STREET, DC and UID.',
  },
  'reserved-key': {
    title: 'This key is kept for something else',
    hint: 'Beside a password kaas keeps `<key>.next` and `<key>.mechanism`: choose another ending.',
  },
  'no-effect': {
    title: 'This has no effect on such an account',
    severity: 'warning',
    hint: '`rotateEvery` holds for what kaas makes (passwords, and certificates with `deliverTo`), `overlap` for passwords, `validFor` for certificates.',
  },
  'overlap-too-long': {
    title: 'The overlap must be shorter than the time between rotations',
    hint: 'There are two mechanisms: the old password must be gone before the next one is made.',
  },
  'store-not-granted': {
    title: 'The store belongs to another tenant',
    hint: 'Its owner consents by a Grant with `stores: [NAME]`.',
  },
  'foreign-key': {
    title: 'The key belongs to somebody else',
    hint: 'In a store that is not its own a tenant keeps its secrets below its own name: `key: <tenant>/…`. Without `key` there is nothing to choose.',
  },
});

/** Why a change of an account cannot be done or what it costs: codes of reasons, not of problems. */
export const reasons = {
  passwordUnknown: 'service-account/password-unknown',
  secretLeft: 'service-account/secret-left',
  oneMechanism: 'service-account/one-mechanism',
  bothInUse: 'service-account/both-mechanisms-in-use',
  otherMechanism: 'service-account/other-mechanism',
  revoked: 'service-account/old-password-revoked',
  secondCertificate: 'service-account/second-certificate',
  notRevoked: 'service-account/certificate-not-revoked',
  ourselves: 'service-account/our-own-login',
  keyTaken: 'service-account/key-taken',
  userGone: 'service-account/user-gone',
  noNewLogin: 'service-account/no-new-login',
} as const;

/** What import cannot bring of a user: the broker keeps a salted hash of the password and shows nothing. */
export const passwordStays: Reason = {
  code: reasons.passwordUnknown,
  message: 'Declared without its password, which no broker shows: it stays as it is.',
};
/** What import cannot bring of a user that two mechanisms let in: a document names one. */
export const secondMechanism: Reason = {
  code: 'service-account/second-mechanism',
  message: "Declared with SCRAM-SHA-512; its SCRAM-SHA-256 credential stays and is nobody's.",
};
