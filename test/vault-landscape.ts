import { randomBytes } from 'node:crypto';
import { armor, Encrypter } from 'age-encryption';
import { manifest, type TestLandscape, testLandscape } from './landscape.ts';
import { type VaultServer, vaultServer } from './servers/vault.ts';

/** A landscape whose platform has the Vault `team-vault`, and that Vault: a server of our own that speaks its API. */
export async function vaultLandscape(): Promise<{ server: VaultServer; landscape: TestLandscape; rootToken: string }> {
  const rootToken = `hvs.${randomBytes(12).toString('hex')}`;
  process.env.TEST_VAULT_TOKEN = rootToken;
  const server = await vaultServer({ rootToken });
  const landscape = testLandscape();
  const spec = { type: 'vault', url: server.url, path: 'kaas', token: { env: 'TEST_VAULT_TOKEN' } };
  landscape.write('platform/vault.yaml', manifest('SecretStore', 'team-vault', spec));
  return { server, landscape, rootToken };
}

/** An account whose password goes there. */
export const account = (name: string, deliverTo: object = { store: 'team-vault' }): string =>
  manifest('ServiceAccount', name, { credentials: { deliverTo } });

export async function sealedTo(recipient: string, text: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}
