import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { kafkaTool } from './kafka-tools.ts';
import { manifest, type TestLandscape } from './landscape.ts';

/** One or more of Kafka's operations on one kind of resource: `['--topic', 'x', 'Describe', 'Read']`. */
export type Given = readonly [resource: `--${string}`, name: string, ...operations: string[]];

export interface LimitedUser {
  readonly user: string;
  readonly password: string;
  /** Gives further rights with Kafka's own tool. */
  may(...rights: readonly Given[]): Promise<void>;
}

/** A SCRAM user of the test cluster that is no super user and may do what it is given. Gone when the test ends. */
export async function limitedUser(...rights: readonly Given[]): Promise<LimitedUser> {
  const user = `u${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const entity = ['--alter', '--entity-type', 'users', '--entity-name', user];
  await kafkaTool('configs', ...entity, '--add-config', `SCRAM-SHA-512=[iterations=4096,password=${password}]`);
  const given: string[][] = [];
  const may = async (...more: readonly Given[]) => {
    for (const [resource, name, ...operations] of more) {
      const args = [resource, ...(resource === '--cluster' ? [] : [name]), ...operations.flatMap(each => ['--operation', each])];
      await kafkaTool('acls', '--add', '--allow-principal', `User:${user}`, ...args);
      given.push(args);
    }
  };
  onTestFinished(async () => {
    for (const args of given) await kafkaTool('acls', '--remove', '--force', '--allow-principal', `User:${user}`, ...args);
    await kafkaTool('configs', ...entity, '--delete-config', 'SCRAM-SHA-512');
  });
  await may(...rights);
  return { user, password, may };
}

/** From now on the landscape's cluster `main` is reached as this user. */
export function reachAs(landscape: TestLandscape, { user, password }: Pick<LimitedUser, 'user' | 'password'>): void {
  landscape.write('password.txt', password);
  const connection = {
    bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'SCRAM-SHA-512',
    username: user,
    password: { file: 'password.txt' },
  };
  landscape.write('platform/clusters/main.yaml', manifest('KafkaCluster', 'main', { connection }));
}
