import { problems } from '#model/problem.ts';

/** What can be wrong with a document's envelope and place. */
export const loading = problems('load', {
  'empty-file': {
    title: 'The file declares nothing',
    severity: 'warning',
    hint: 'Remove it, or say in a comment why it is there. If documents stood in it, they are gone: the plan deletes what they declared.',
  },
  'not-a-document': { title: 'This is no document of ours', hint: 'A document has apiVersion, kind, metadata and spec.' },
  'unknown-field': { title: 'Unknown field' },
  'wrong-api-version': { title: 'Unknown apiVersion', hint: 'Write `apiVersion: kaas.dev/v1`.' },
  'unknown-kind': { title: 'Unknown kind', hint: '`kaas explain` lists the kinds.' },
  'bad-metadata': { title: 'The metadata is not as it should be' },
  'bad-name': { title: 'Not a valid name', hint: 'Use 1 to 249 of the characters A-Z a-z 0-9 . _ -' },
  'wrong-place': { title: 'This document stands in a folder where it cannot hold' },
  'unknown-environment': { title: 'There is no such environment', hint: 'Environments are listed in `kaas.yaml`.' },
  'platform-only': {
    title: 'Only the platform may write this',
    hint: 'Move it to the platform folder, by a change that the platform team reviews.',
  },
  'no-landscape': {
    title: 'This folder is no landscape',
    scope: 'landscape',
    hint: '`kaas init` makes one; -C names another folder.',
  },
  'duplicate-document': { title: 'The same resource is declared twice' },
  'missing-frame': { title: 'A document of the frame is missing', scope: 'landscape' },
  'file-outside': {
    title: "A file outside the tenant's folder",
    hint: "Name a file relative to the document, in the same tenant's folder, without variables.",
  },
  'secret-in-clear': {
    title: 'A secret in clear',
    hint: 'Take it out, seal it with `kaas secret seal` or refer to it as `${secret.STORE.KEY}`. Once it was committed it is in the history: replace it where it is used.',
  },
  'file-unread': { title: 'A file that this refers to cannot be read' },
  'unknown-tenant': {
    title: 'No Tenant document for this folder',
    hint: 'The platform declares tenants under `platform/tenants/`.',
  },
});

/** What can be wrong once documents meet in an environment. */
export const composing = problems('compose', {
  'patch-without-base': {
    title: 'There is nothing to patch',
    hint: 'Write `$patch: create` beside `kind` if the document exists in this environment alone.',
  },
  'create-over-base': { title: 'The document exists already', hint: 'Leave out `$patch: create` to patch it.' },
  'selects-nothing': {
    title: 'This document holds nowhere',
    hint: 'Leave out `metadata.environments`: the folder says where it holds.',
  },
  'undefined-variable': { title: 'Undefined variable' },
  'variable-in-key': {
    title: 'A variable in the name of a field',
    hint: 'Variables stand in values. Write the name out, or patch it under `environments/<env>/`.',
  },
  'not-overridable': { title: 'The template does not let this be changed' },
  'missing-template': { title: 'What this builds on does not exist' },
  'unknown-cluster': { title: 'No such cluster in this environment' },
  'no-cluster': {
    title: 'Nothing says which cluster this belongs to',
    hint: 'Set `default` in the Environment, `cluster` in the Tenant or `metadata.clusters`.',
  },
});

/** What can be wrong with a composed resource. */
export const validating = problems('validate', {
  shape: { title: 'Not what this field takes' },
  'unknown-field': { title: 'Unknown field' },
  'missing-field': { title: 'A required field is missing' },
  'not-owned': { title: 'The name belongs to somebody else', hint: 'A tenant uses names that `Tenant.spec.owns` gives it.' },
  'missing-reference': { title: 'What this refers to does not exist' },
  'ambiguous-reference': { title: 'Several resources have this name', hint: 'Write TENANT/NAME.' },
  'duplicate-remote': { title: 'Two documents claim the same thing on the cluster' },
  'prefix-overlap': { title: 'Two environments on one cluster overlap', scope: 'environment' },
  'overlapping-owners': { title: 'Two tenants own the same names', scope: 'landscape' },
  'one-cluster-twice': {
    title: 'One cluster stands under two names in this environment',
    scope: 'environment',
    hint: 'Keep one name of it in `Environment.spec.clusters`, and name that in `metadata.clusters`.',
  },
  'foreign-cluster': {
    title: 'This reaches into another environment',
    hint: 'Patch the value under `environments/<env>/`, or use a variable of the environment.',
  },
  'foreign-reference': {
    title: 'What this refers to is in another environment only',
    hint: 'Let it hold here too, or patch the reference under `environments/<env>/`.',
  },
  'store-not-granted': {
    title: 'The store belongs to another tenant',
    hint: 'Its owner consents by a Grant with `stores: [NAME]`.',
  },
  'foreign-secret': {
    title: 'The secret belongs to somebody else',
    hint: 'In a store that is not its own a tenant reads keys below its own name: `${secret.STORE.<tenant>/…}`.',
  },
  'bad-configured-by': {
    title: '`configuredBy` names no environment of this cluster',
    hint: 'Name one environment that uses the cluster, the same in every document of it.',
    scope: 'environment',
  },
  'unconfigured-cluster': {
    title: 'No environment would apply this',
    hint: 'Name the environment that it belongs to in `spec.configuredBy` of the KafkaCluster.',
    scope: 'environment',
  },
  'not-configured-here': { title: 'This belongs to the environment that configures the cluster' },
  'secret-in-clear': {
    title: 'A secret in clear, put together from variables',
    hides: true,
    hint: 'A variable is no place for a password: seal it with `kaas secret seal` and refer to it as `${secret.STORE.KEY}`.',
  },
  'other-deletion': {
    title: 'This asks for the deletion of something else',
    severity: 'warning',
    hint: 'The annotation kaas.dev/delete deletes only where it holds the name of its own document.',
  },
  'configured-elsewhere': { title: 'Another environment applies this', severity: 'warning' },
});

/** What goes wrong between us and a cluster, and what a plan holds back. */
export const planning = problems('plan', {
  unreachable: { title: 'The cluster could not be read', scope: 'environment' },
  'another-cluster': {
    title: 'Another cluster answers at this address',
    scope: 'environment',
    hint: 'If the cluster was replaced on purpose, write its new id in `spec.clusterId` of the KafkaCluster.',
  },
  'one-cluster-twice': {
    title: 'One cluster answers under two names of this environment',
    scope: 'environment',
    hint: 'Keep one name of it in `Environment.spec.clusters`, and name that in `metadata.clusters`.',
  },
  'left-behind': {
    title: 'Rights of an environment that is gone',
    severity: 'warning',
    scope: 'environment',
    hint: 'Put it back into the landscape under its old name and prefix with no document that holds there, apply it so that its rights go, then remove it.',
  },
  impossible: { title: 'The cluster would refuse this', scope: 'change' },
  'missing-right': {
    title: 'Our own principal may not do this',
    scope: 'change',
    hint: 'Give the principal of the connection this right by an ACL (kafka-acls.sh --add), then plan again. `kaas doctor` says what else is missing.',
  },
});
