import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of its own for one test, in this folder, by `openssl`. */
export interface Authority {
  readonly ca: string;
  /** Its private key. */
  readonly key: string;
  /** A certificate of the authority for this name; servers get 127.0.0.1 and localhost as alternative names. */
  issue(commonName: string): Certificate;
}

export function makeAuthority(directory: string): Authority {
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=kaas-test-ca', '-keyout', 'ca.key', '-out', 'ca.pem');
  writeFileSync(file('names.cnf'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  return {
    ca: readFileSync(file('ca.pem'), 'utf8'),
    key: readFileSync(file('ca.key'), 'utf8'),
    issue(commonName) {
      const [key, request, certificate] = ['key', 'csr', 'pem'].map(ending => `${commonName}.${ending}`) as [
        string,
        string,
        string,
      ];
      openssl('req', ...newKey, '-subj', `/CN=${commonName}`, '-keyout', key, '-out', request);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names.cnf'];
      openssl('x509', '-req', '-in', request, ...signed, '-out', certificate);
      return { certificate: readFileSync(file(certificate), 'utf8'), key: readFileSync(file(key), 'utf8') };
    },
  };
}
