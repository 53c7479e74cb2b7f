import { onTestFinished } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import { openAws } from '#targets/rest/secrets/aws.ts';
import { manifest, type TestLandscape } from './landscape.ts';
import { azureServer } from './servers/azure.ts';
import type { ContractServer } from './servers/http-server.ts';
import { kubernetesServer } from './servers/kubernetes.ts';
import { startMoto } from './servers/moto.ts';
import { vaultServer } from './servers/vault.ts';

export interface DeliveringStores {
  /** What stands in all of them, as `<type> <name>` → value. */
  values(): Promise<Map<string, string>>;
  /** While this runs they answer every request by repeating all that it held. */
  repeatingAllTheyHear(work: () => Promise<void>): Promise<void>;
  /** One account per store. */
  accounts(name: string): string;
}

/** A store of each type for a landscape, and an account in each: the logins come from the variables `LOGIN_<TYPE>`, which hold `word(<type>)`. */
export async function secretStoresFor(landscape: TestLandscape, word: (type: string) => string): Promise<DeliveringStores> {
  const vault = await vaultServer({ rootToken: word('vault') });
  const kubernetes = await kubernetesServer('shop');
  kubernetes.tokens.set(word('kubernetes'), ['get', 'list', 'create', 'patch', 'delete']);
  const azure = await azureServer({ tenantId: 'd', clientId: 'c', clientSecret: word('azure'), federatedToken: '' });
  const moto = await startMoto();
  onTestFinished(() => moto.stop());
  const login = (type: string) => ({ env: `LOGIN_${type.toUpperCase()}` });
  const region = 'eu-central-1';
  const specs: Readonly<Record<string, object>> = {
    vault: { url: vault.url, token: login('vault') },
    kubernetes: { url: kubernetes.url, namespace: 'shop', token: login('kubernetes') },
    aws: { region, endpoint: moto.url, credentials: { accessKeyId: { file: 'access-key-id' }, secretAccessKey: login('aws') } },
    azure: { vaultUrl: azure.url, loginUrl: azure.url, tenantId: 'd', clientId: 'c', clientSecret: login('azure') },
  };
  landscape.write('access-key-id', 'AKIDEXAMPLE');
  const types = Object.keys(specs);
  landscape.write(
    'platform/stores.yaml',
    types.map(type => manifest('SecretStore', `in-${type}`, { type, ...specs[type] })).join(''),
  );
  const accounts = (name: string) =>
    types
      .map(type => manifest('ServiceAccount', `shop.${name}-${type}`, { credentials: { deliverTo: { store: `in-${type}` } } }))
      .join('');
  landscape.write('tenants/shop/delivered.yaml', accounts('delivered'));
  const aws = openAws({
    label: 'moto',
    region,
    endpoint: moto.url,
    prefix: '',
    field: undefined,
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: new Redacted(word('aws')),
  });
  return {
    accounts,
    async values() {
      const found = new Map<string, string>();
      for (const [path, versions] of vault.secrets) found.set(`vault ${path}`, String(versions.at(-1)?.data.password));
      for (const [name, { data }] of kubernetes.secrets)
        found.set(`kubernetes ${name}`, Buffer.from(String((data as Record<string, unknown>).password), 'base64').toString());
      for (const [name, { versions }] of azure.secrets) found.set(`azure ${name}`, String(versions.at(-1)?.value));
      for (const [key, value] of await aws.getAll(await aws.keys())) found.set(`aws ${key}`, value.reveal());
      return found;
    },
    async repeatingAllTheyHear(work) {
      const servers: readonly ContractServer[] = [vault, kubernetes, azure];
      for (const server of servers)
        server.instead = ({ text, headers }, response) => {
          const words = `${text} ${JSON.stringify(headers)}`;
          response
            .writeHead(400)
            .end(JSON.stringify({ message: words, errors: [words], error: { code: words, message: words } }));
          return true;
        };
      await work();
      for (const server of servers) server.instead = undefined;
    },
  };
}
