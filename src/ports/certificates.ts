import type { Redacted } from '#model/redacted.ts';

/** A client certificate with all that a client needs to use it. */
export interface IssuedCertificate {
  /** PEM: private key (PKCS #8), certificate, then the authority's: what Kafka reads as a key store of type PEM (KIP-651). */
  readonly bundle: Redacted;
  readonly expires: Date;
}

/** A certificate authority that a landscape names. Every call throws a `Fault` where its certificate or key cannot be used. */
export interface CertificateAuthority {
  /** Could it issue a certificate that is good for so long? Resolves if so. */
  examine(lifetimeMs: number): Promise<void>;
  /** A new key and a certificate for it, good from now on. `subject` is a name as Kafka shows it in a principal: `CN=gateway,O=Acme` (RFC 2253). */
  issue(subject: string, lifetimeMs: number): Promise<IssuedCertificate>;
}
