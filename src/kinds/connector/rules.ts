import { looksSecret } from '#model/secret-looking.ts';
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
};

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
