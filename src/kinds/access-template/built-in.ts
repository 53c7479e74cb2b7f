import type { Fact } from '#model/fact.ts';

type Template = Extract<Fact, { fact: 'accessTemplate' }>;
const template = (name: string, parameters: string[], rules: Template['rules']): Template => ({
  fact: 'accessTemplate',
  name,
  parameters,
  rules,
});
const topic = (...operations: string[]) => ({ resource: 'topic', name: '{topic}', operations });
const group = { resource: 'group', name: '{group}', operations: ['READ'] };

/**
 * The smallest sets of rights that work. READ and WRITE imply DESCRIBE. An idempotent producer needs nothing on the cluster since KIP-679; a transactional
 * one needs WRITE on its transactional id (KIP-98). Streams names its internal topics and transactional ids `<application id>-…`.
 */
export const builtIn: readonly Template[] = [
  template('producer', ['topics'], [topic('WRITE')]),
  template('viewer', ['topics'], [topic('DESCRIBE', 'DESCRIBE_CONFIGS')]),
  template('consumer', ['topics', 'group'], [topic('READ'), group]),
  template('share-consumer', ['topics', 'group'], [topic('READ'), group]),
  template('sink-connector', ['topics', 'group'], [topic('READ'), group]),
  template(
    'mirror-source',
    ['topics', 'group'],
    [topic('READ', 'DESCRIBE_CONFIGS'), { resource: 'group', name: '{group}', operations: ['DESCRIBE'] }],
  ),
  template('connect-worker', ['topics', 'group'], [topic('READ', 'WRITE'), group]),
  template(
    'transactional-producer',
    ['topics', 'transactionalId'],
    [topic('WRITE'), { resource: 'transactionalId', name: '{transactionalId}', operations: ['WRITE'] }],
  ),
  template(
    'source-connector',
    ['topics'],
    [topic('WRITE'), { resource: 'transactionalId', name: '{transactionalId}', operations: ['WRITE'] }],
  ),
  template(
    'streams-application',
    ['topics', 'applicationId'],
    [
      topic('READ'),
      { resource: 'topic', name: '{outputs}', operations: ['WRITE'] },
      {
        resource: 'topic',
        name: '{applicationId}-',
        pattern: 'prefixed',
        operations: ['READ', 'WRITE', 'CREATE', 'DELETE'],
      },
      { resource: 'group', name: '{applicationId}', operations: ['READ'] },
      { resource: 'transactionalId', name: '{applicationId}-', pattern: 'prefixed', operations: ['WRITE'] },
    ],
  ),
];
