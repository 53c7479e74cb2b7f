import { Redacted } from '#model/redacted.ts';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';

/** A second process on a store of secrets, for tests: `node secrets-child.ts DIRECTORY NAME` puts five keys one by one. */
const [directory, name] = process.argv.slice(2) as [string, string];
const secrets = openLocalSecrets({ directory });
for (let index = 0; index < 5; index++) await secrets.put(`${name}-${index}`, new Redacted(`value ${index}`));
