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

/** Access control lists: read whole, created in bulk, removed binding by binding. */
export function aclCalls(brokers: Brokers): Pick<Kafka, 'listAcls' | 'createAcls' | 'deleteAcls'> {
  let standing = 0;
  const listAcls: Kafka['listAcls'] = async ({ confirm = false } = {}) => {
    if (confirm && brokers.known.length === 1) await sleep(500);
    const answer = await brokers.call(describeAclsV3.api, [
      {
        resourceType: 1,
        resourceName: null,
        resourcePatternType: 1,
        principal: null,
        host: null,
        operation: 1,
        permissionType: 1,
      },
    ]);
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
    standing = bindings.length;
    return bindings;
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
