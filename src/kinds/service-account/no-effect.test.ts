import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/all.yaml': [
    yaml('Environment', 'dev', '{ clusters: { main: m } }'),
    yaml('KafkaCluster', 'm', '{ connection: local }'),
    yaml('Tenant', 't', '{ principals: ["User:CN=t-*"] }'),
  ].join('---\n'),
};
const told = async (type: string, credentials: string) => {
  const principal = type.startsWith('scram') ? '' : 'principal: "User:CN=t-x", ';
  const text = yaml(
    'ServiceAccount',
    't.x',
    `{ ${principal}authentication: { type: ${type} }, credentials: { ${credentials} } }`,
  );
  const { problems } = await checkTexts({ ...frame, 'tenants/t/a.yaml': text });
  return problems.map(each => `${each.severity} ${each.code} ${/`(\w+)`/.exec(each.message)?.[1]}`);
};
const idle = (field: string) => `warning service-account/no-effect ${field}`;

test.each([
  ['oauthbearer', 'rotateEvery: 30d', ['rotateEvery']],
  ['external', 'deliverTo: { store: local }, overlap: 1h', ['overlap', 'deliverTo']],
  ['tls', 'rotateEvery: 30d, validFor: 90d', ['rotateEvery', 'validFor']],
  ['tls', 'deliverTo: { store: local }, overlap: 1h, validFor: 90d', ['overlap']],
  ['scram-sha-512', 'validFor: 90d', ['validFor']],
])('what an account of type %s cannot have (%s) is not passed over in silence', async (type, credentials, fields) => {
  expect(await told(type, credentials)).toEqual(fields.map(idle));
});

test('what has an effect is no problem', async () => {
  expect(await told('scram-sha-256', 'rotateEvery: 30d, overlap: 1h')).toEqual([]);
  expect(await told('tls', 'deliverTo: { store: local }, rotateEvery: 30d, validFor: 90d')).toEqual([]);
  // A certificate may be renewed every few hours: no overlap of ours stands against it.
  expect(await told('tls', 'deliverTo: { store: local }, rotateEvery: 12h, validFor: 1d')).toEqual([]);
});
