import 'reflect-metadata';
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { CertificateAuthority } from '#ports/certificates.ts';

const crypto = webcrypto;
const clientKey = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Clocks of brokers may be behind ours. */
const toleratedMs = 5 * 60_000;

interface SigningAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly namedCurve?: string;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: SigningAlgorithm;
  /** The authority and those above it, as they were given. */
  readonly chain: string;
}

/** An authority from the PEM texts of its certificate (those above it may follow) and its private key, RSA or elliptic. Nothing is read before it is asked for something. */
export function certificateAuthority(read: () => Promise<{ certificate: Redacted; key: Redacted }>): CertificateAuthority {
  let opening: Promise<Authority> | undefined;
  const opened = () => (opening ??= read().then(open));
  return {
    examine: async lifetimeMs => void outlives(await opened(), lifetimeMs),
    async issue(subject, lifetimeMs) {
      const authority = await opened();
      const expires = outlives(authority, lifetimeMs);
      const keys = await crypto.subtle.generateKey(clientKey, true, ['sign', 'verify']);
      const certificate = await x509.X509CertificateGenerator.create(
        {
          serialNumber: randomBytes(16).toString('hex'),
          subject: encoded(subject),
          issuer: authority.certificate.subjectName,
          notBefore: new Date(Date.now() - toleratedMs),
          notAfter: expires,
          publicKey: keys.publicKey,
          signingKey: authority.key,
          signingAlgorithm: authority.algorithm,
          extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
            await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey, false, crypto),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
          ],
        },
        crypto,
      );
      const secret = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
      return { bundle: new Redacted(`${[secret, certificate.toString('pem'), authority.chain].join('\n').trim()}\n`), expires };
    },
  };
}

function outlives({ certificate }: Authority, lifetimeMs: number): Date {
  const expires = new Date(Date.now() + lifetimeMs);
  if (expires <= certificate.notAfter) return expires;
  throw new Fault(
    'certificates/authority-ends',
    `The authority ends on ${certificate.notAfter.toISOString().slice(0, 10)}, before a certificate of today would.`,
    { remedy: 'Give the landscape a new authority, or the account a shorter `validFor`.' },
  );
}

async function open({ certificate, key }: { certificate: Redacted; key: Redacted }): Promise<Authority> {
  const parsed = parsedCertificate(certificate.reveal());
  if (parsed.getExtension(x509.BasicConstraintsExtension)?.ca !== true)
    throw new Fault('certificates/no-authority', 'The certificate is not that of an authority (basic constraints).');
  const usages = parsed.getExtension(x509.KeyUsagesExtension)?.usages ?? x509.KeyUsageFlags.keyCertSign;
  if ((usages & x509.KeyUsageFlags.keyCertSign) === 0)
    throw new Fault('certificates/no-authority', 'The certificate may sign no others (key usage): no broker would trust them.');
  const secret = privateKey(key.reveal());
  const [own, certified] = [
    createPublicKey(secret).export({ type: 'spki', format: 'der' }),
    Buffer.from(parsed.publicKey.rawData),
  ];
  if (!own.equals(certified))
    throw new Fault('certificates/wrong-key', "The authority's private key is not that of its certificate.");
  const algorithm = algorithmOf(secret);
  const pkcs8 = secret.export({ type: 'pkcs8', format: 'der' });
  return {
    certificate: parsed,
    key: await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, ['sign']),
    algorithm,
    chain: certificate.reveal().trim(),
  };
}

function parsedCertificate(text: string): x509.X509Certificate {
  const [pem] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(text) ?? [];
  try {
    return new x509.X509Certificate(pem ?? '');
  } catch {
    throw new Fault('certificates/unreadable', "The authority's certificate is no X.509 certificate in PEM.");
  }
}

/** What Node says of a key that it cannot read may quote it, so it is not passed on. */
function privateKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new Fault('certificates/unreadable', "The authority's private key is no key in PEM, or asks for a passphrase.");
  }
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const curve = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve !== undefined) return { name: 'ECDSA', namedCurve: curve, hash: 'SHA-256' };
  throw new Fault('certificates/unknown-algorithm', 'The authority signs by RSA or by the curves P-256, P-384 and P-521.');
}

/** RFC 2253 writes a name from its end; encoded it stands from its beginning. A comma may be escaped. */
const encoded = (subject: string): string =>
  (subject.match(/(?:\\.|[^,\\])+/g) ?? [])
    .toReversed()
    .map(part => part.replace(/^(STREET|UID)(?==)/, keyword => identifiers[keyword] as string))
    .join(',');

/** Attributes of RFC 2253 that the encoder knows by their number alone. */
const identifiers: Readonly<Record<string, string>> = { STREET: '2.5.4.9', UID: '0.9.2342.19200300.100.1.1' };
