import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import { certificateAuthority } from './authority.ts';

const keys = { rsa: ['rsa:2048'], ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'] } as const;

function folder() {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-authority-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  const text = (name: string) => new Redacted(readFileSync(join(directory, name), 'utf8'));
  const make = (kind: keyof typeof keys, name: string, ...more: string[]) => {
    const to = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', '-newkey', ...keys[kind], '-nodes', '-days', '100', '-subj', `/O=Acme/CN=${name}`, ...to, ...more);
    return { certificate: text(`${name}.pem`), key: text(`${name}.key`) };
  };
  return { directory, openssl, make };
}

const day = 86_400_000;

test.each(['rsa', 'ec'] as const)(
  'a certificate of an authority (%s) is one for clients, names the principal as Kafka shows it, and openssl verifies it',
  async kind => {
    const { directory, openssl, make } = folder();
    const authority = certificateAuthority(async () => make(kind, 'ca'));
    const { bundle, expires } = await authority.issue('CN=gate\\, way,OU=pay,O=Acme,C=DE', 30 * day);
    writeFileSync(join(directory, 'bundle.pem'), bundle.reveal());
    expect(openssl('verify', '-purpose', 'sslclient', '-CAfile', 'ca.pem', 'bundle.pem')).toContain('OK');
    expect(openssl('x509', '-in', 'bundle.pem', '-noout', '-subject', '-nameopt', 'RFC2253').trim()).toBe(
      'subject=CN=gate\\, way,OU=pay,O=Acme,C=DE',
    );
    expect(openssl('x509', '-in', 'bundle.pem', '-noout', '-pubkey')).toBe(openssl('pkey', '-in', 'bundle.pem', '-pubout'));
    expect(Math.round((expires.getTime() - Date.now()) / day)).toBe(30);
    expect(bundle.reveal().match(/BEGIN [A-Z ]+/g)).toEqual(['BEGIN PRIVATE KEY', 'BEGIN CERTIFICATE', 'BEGIN CERTIFICATE']);
  },
);

test('an authority that cannot be one says why, and never quotes its key', async () => {
  const { make } = folder();
  const ca = make('rsa', 'ca');
  const other = make('rsa', 'other');
  const leaf = make('rsa', 'leaf', '-addext', 'basicConstraints=critical,CA:FALSE');
  const issue = (certificate: Redacted, key: Redacted, lifetime = day) =>
    certificateAuthority(async () => ({ certificate, key })).issue('CN=x', lifetime);
  await expect(issue(ca.certificate, other.key)).rejects.toMatchObject({ code: 'certificates/wrong-key' });
  await expect(issue(leaf.certificate, leaf.key)).rejects.toMatchObject({ code: 'certificates/no-authority' });
  await expect(issue(ca.certificate, ca.key, 101 * day)).rejects.toMatchObject({ code: 'certificates/authority-ends' });
  const nonsense = new Redacted('-----BEGIN PRIVATE KEY----- canary');
  await expect(issue(ca.certificate, nonsense)).rejects.toSatisfy(error => !String((error as Error).message).includes('canary'));
  await expect(issue(nonsense, ca.key)).rejects.toMatchObject({ code: 'certificates/unreadable' });
});

test('an authority whose certificates no broker would trust is found out before one is issued', async () => {
  const { make } = folder();
  const examine = ({ certificate, key }: { certificate: Redacted; key: Redacted }) =>
    certificateAuthority(async () => ({ certificate, key })).examine(day);
  const ca = make('rsa', 'ca');
  await expect(examine(ca)).resolves.toBeUndefined();
  await expect(examine({ ...ca, key: make('ec', 'other').key })).rejects.toMatchObject({ code: 'certificates/wrong-key' });
  const mute = make('rsa', 'mute', '-addext', 'keyUsage=critical,digitalSignature');
  await expect(examine(mute)).rejects.toMatchObject({ code: 'certificates/no-authority' });
});

test('every attribute that brokers show by its name can stand in a certificate', async () => {
  const { directory, openssl, make } = folder();
  const { bundle } = await certificateAuthority(async () => make('ec', 'ca')).issue('CN=x,STREET=Quay 1,UID=7,DC=acme', day);
  writeFileSync(join(directory, 'b.pem'), bundle.reveal());
  expect(openssl('x509', '-in', 'b.pem', '-noout', '-subject', '-nameopt', 'RFC2253').trim()).toMatch(
    /^subject=CN=x,(STREET|street)=Quay 1,UID=7,DC=acme$/,
  );
});
