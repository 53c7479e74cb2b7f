import type { Fact } from '#model/fact.ts';
import type { Resource } from '#model/resource.ts';
import { looksSecret, secretsIn } from '#model/secret-looking.ts';
import { keptIn, mechanismKey } from '#model/secret-store.ts';
import type { Kind, ReportAt, Surroundings } from '../kind.ts';
import { connectOf, isAddressable, ownKeys, plainName } from './fields.ts';
import { report } from './problems.ts';
import type { ConnectorSpec } from './spec.ts';

/** Checks that need no worker: secrets in clear, Connect clusters of another environment. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const { config = {} } = resource.spec as ConnectorSpec;
  for (const [key, value] of Object.entries(config)) {
    const path = ['config', key];
    if (ownKeys.includes(key)) reportAt(details => report('own-field', details), path, `\`${key}\` stands in the configuration.`);
    if (looksSecret(key, String(value)))
      reportAt(details => report('secret-in-clear', details), path, `The value of \`${key}\` looks like a secret.`);
  }
  if (!isAddressable(plainName(resource)))
    reportAt(details => report('bad-name', details), ['name'], `\`${plainName(resource)}\` is no name for a connector.`);
  checkCluster(resource, around, reportAt);
  checkRotation(resource, around, reportAt);
};

/** Brokers keep the next password of an account under its other mechanism: who takes the one and not the other is cut off by a rotation. */
function checkRotation({ spec, tenant }: Resource, around: Surroundings, reportAt: ReportAt): void {
  const { config = {} } = spec as ConnectorSpec;
  const named = Object.entries(config).flatMap(([key, value]) => secretsIn(String(value)).map(secret => ({ key, secret })));
  if (named.length === 0) return;
  const passwords = new Set(
    around.facts('account').flatMap(each => (tenant === null || each.tenant === tenant ? passwordsOf(each) : [])),
  );
  for (const { key, secret } of named)
    if (passwords.has(secret) && !named.some(each => each.secret === mechanismKey(secret)))
      reportAt(
        details => report('mechanism-fixed', details),
        ['config', key],
        `It takes the password of an account, and nothing here takes \`\${secret.${mechanismKey(secret)}}\`.`,
        { severity: 'warning' },
      );
}

/** A SCRAM account's password as documents may name it: by the plain name of its store, or with the tenant whose store it is. */
function passwordsOf({ scram, tenant, credential }: Extract<Fact, { fact: 'account' }>): string[] {
  const kept = scram ? keptIn(credential) : undefined;
  if (kept === undefined) return [];
  const plain = `${kept.store}.${kept.key}`;
  return tenant === null ? [plain] : [plain, `${tenant}/${plain}`];
}

/** Only a Mirror may name a cluster of another environment; what is stopped or not managed today counts as well. */
function checkCluster(resource: Parameters<typeof rules>[0], around: Surroundings, reportAt: ReportAt): void {
  const { cluster } = connectOf(resource);
  if (cluster === undefined) return;
  const { clusters } = around.environmentSpec;
  if (!Object.values(clusters).includes(cluster))
    reportAt(
      details => report('foreign-connect', details),
      ['connect'],
      `The KafkaCluster \`${cluster}\` is none of ${around.environment}'s, which has ${Object.values(clusters).join(', ')}.`,
    );
  else if (resource.cluster !== null && clusters[resource.cluster] !== cluster)
    reportAt(
      details => report('other-cluster', details),
      ['connect'],
      `The connector is on ${clusters[resource.cluster]}, its Connect cluster on ${cluster}.`,
    );
}
