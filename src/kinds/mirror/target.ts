import { covers } from '#model/name-pattern.ts';
import type { Path } from '#model/position.ts';
import type { Resource } from '#model/resource.ts';
import type { Surroundings } from '../kind.ts';
import { remote } from './connectors.ts';
import type { Source } from './source.ts';
import type { MirrorSpec } from './spec.ts';

interface Remark {
  readonly code: 'other-prefix' | 'two-owners';
  readonly path: Path;
  readonly message: string;
}

/** What is to be said of the names that a mirror's topics have on the target: are they this environment's, and does a document there set the same topic? */
export function onTarget(resource: Resource, around: Surroundings, source: Source): Remark[] {
  const { topics, replicationPolicy, config } = resource.spec as unknown as MirrorSpec;
  const names = topics.map(name => remote(name, source, 'Topic'));
  const outside = replicationPolicy === 'identity' ? names.find(name => !name.startsWith(around.prefix)) : undefined;
  const remarks: Remark[] = [];
  if (outside !== undefined)
    remarks.push({
      code: 'other-prefix',
      path: ['replicationPolicy'],
      message: `On the target it stays \`${outside}\`, which is not behind \`${around.prefix}\`, the prefix of ${around.environment}.`,
    });
  if (String(config?.['sync.topic.configs.enabled']) === 'false') return remarks;
  const before = replicationPolicy === 'identity' ? '' : `${source.cluster}.`;
  const isWritten = (tenant: string | null, name: string) =>
    around.resolve({ kind: 'Topic', name }, tenant, resource.cluster)?.managed !== false;
  const declared = around.facts('topic').filter(each => each.cluster === resource.cluster && isWritten(each.tenant, each.name));
  names.forEach((name, index) => {
    const found = declared.find(({ remoteName }) => covers(before + name, remoteName));
    if (found !== undefined)
      remarks.push({
        code: 'two-owners',
        path: ['topics', index],
        message: `\`${found.remoteName}\` is declared on the target too.`,
      });
  });
  return remarks;
}
