import { setTimeout as sleep } from 'node:timers/promises';
import { createAclsV3, deleteAclsV3, describeAclsV3 } from '@platformatic/kafka';
import { refused, succeeded } from '#model/fault.ts';
import {
  type AclBinding,
  type AclOperation,
  type AclPattern,
  type AclResourceType,
  aclOperations,
  type Kafka,
} from '#ports/kafka.ts';
import { inTurn, parts } from './batches.ts';
import type { Brokers } from './brokers.ts';
import { faultOf, itemOf } from './faults.ts';
import { rightFor } from './rights.ts';

const resourceTypes = {
  topic: 2,
  group: 3,
  cluster: 4,
  transactionalId: 5,
  delegationToken: 6,
  user: 7,
} as const satisfies Record<AclResourceType, number>;
const patterns = { literal: 3, prefixed: 4 } as const satisfies Record<AclPattern, number>;
const permissions = { DENY: 2, ALLOW: 3 } as const;
/** Kafka's AclOperation codes begin with ALL = 2, in the order of the port's list. */
const codeOf = (operation: AclOperation) => (aclOperations.indexOf(operation) + 2) as 2;
const inverse = <Name extends string>(map: Readonly<Record<Name, number>>) =>
  new Map(Object.entries(map).map(([name, code]) => [code as number, name as Name]));
const typeNames = inverse(resourceTypes);
const patternNames = inverse(patterns);
const permissionNames = inverse(permissions);

const bindingsPerCreate = 2_000;
/** Up to so many topics are asked for one by one (the broker scans its bindings for each); for more, all bindings are read once. */
const topicsAskedFor = 20;
/** DeleteAcls scans every binding per filter on the controller's only thread. */
const comparisonsPerDelete = 1_000_000;

const toKafka = (binding: AclBinding) => ({
  resourceType: resourceTypes[binding.resourceType],
  resourceName: binding.resourceName,
  resourcePatternType: patterns[binding.pattern],
  principal: binding.principal,
  host: binding.host,
  operation: codeOf(binding.operation),
  permissionType: permissions[binding.permission],
});

type Filter = Parameters<typeof describeAclsV3.createRequest>[0];
const anyBinding: Filter = {
  resourceType: 1,
  resourceName: null,
  resourcePatternType: 1,
  principal: null,
  host: null,
  operation: 1,
  permissionType: 1,
};

function naming(bindings: readonly AclBinding[], topics: readonly string[]): AclBinding[] {
  const names = new Set(topics);
  return bindings.filter(each => each.resourceType === 'topic' && each.pattern === 'literal' && names.has(each.resourceName));
}

/** Access control lists: read whole, created in bulk, removed binding by binding. */
export function aclCalls(brokers: Brokers): Pick<Kafka, 'listAcls' | 'createAcls' | 'deleteAcls'> {
  let standing = 0;
  const describe = async (resource: Partial<Filter>): Promise<AclBinding[]> => {
    const answer = await brokers.call(describeAclsV3.api, [{ ...anyBinding, ...resource }]);
    const bindings: AclBinding[] = [];
    for (const resource of answer.resources) {
      const resourceType = typeNames.get(resource.resourceType);
      const pattern = patternNames.get(resource.resourcePatternType);
      if (resourceType === undefined || pattern === undefined) continue;
      for (const acl of resource.acls) {
        const operation = aclOperations[acl.operation - 2];
        const permission = permissionNames.get(acl.permissionType);
        if (operation !== undefined && permission !== undefined)
          bindings.push({
            principal: acl.principal,
            resourceType,
            resourceName: resource.resourceName,
            pattern,
            operation,
            permission,
            host: acl.host,
          });
      }
    }
    return bindings;
  };
  const listAcls: Kafka['listAcls'] = async ({ confirm = false, topics } = {}) => {
    if (confirm && brokers.known.length === 1) await sleep(500);
    if (topics !== undefined && topics.length <= topicsAskedFor) {
      const one = { resourceType: resourceTypes.topic, resourcePatternType: patterns.literal };
      return (await Promise.all(topics.map(resourceName => describe({ ...one, resourceName })))).flat();
    }
    const bindings = await describe({});
    standing = bindings.length;
    return topics === undefined ? bindings : naming(bindings, topics);
  };
  return {
    listAcls,

    createAcls: bindings =>
      inTurn(parts(bindings, bindingsPerCreate), async part => {
        const answer = await brokers.call(createAclsV3.api, [part.map(toKafka)]);
        standing += part.length;
        return {
          throttleTimeMs: answer.throttleTimeMs,
          results: answer.results.map(each =>
            itemOf(each.errorCode, each.errorMessage, { throttleTimeMs: answer.throttleTimeMs, right: rightFor('CreateAcls') }),
          ),
        };
      }),

    async deleteAcls(bindings) {
      if (standing === 0) await listAcls();
      const filters = Math.max(1, Math.floor(comparisonsPerDelete / Math.max(1, standing)));
      return inTurn(parts(bindings, filters), async part => {
        const answer = await brokers.call(deleteAclsV3.api, [part.map(toKafka)]);
        const results = answer.filterResults.map(each => {
          const failed = each.errorCode !== 0 ? each : each.matchingAcls.find(acl => acl.errorCode !== 0);
          return failed === undefined
            ? succeeded
            : refused(faultOf(failed.errorCode, failed.errorMessage, { right: rightFor('DeleteAcls') }));
        });
        return { throttleTimeMs: answer.throttleTimeMs, results };
      });
    },
  };
}
