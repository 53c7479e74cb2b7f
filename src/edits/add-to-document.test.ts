import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { addToDocument } from './add-to-document.ts';

const file = `# Two clusters.
apiVersion: kaas.dev/v1
kind: KafkaCluster
metadata: { name: eu } # the first
spec:
  connection: local
---
# The one in America.
apiVersion: kaas.dev/v1
kind: KafkaCluster
metadata: { name: us }
spec:
  connection: local # here
  brokerConfig:
    1: { a: "1" } # by hand
---
kind:   Other
`;
const added = (name: string, spec: object, text = file) =>
  addToDocument(text, { kind: 'KafkaCluster', name, spec: spec as { [key: string]: string } }) ?? '';

test('what is added to a document leaves its comments and every other document as they are', () => {
  const text = added('us', { brokerConfig: { default: { b: '2' }, '1': { c: 'true' } } });
  expect(text.startsWith(file.slice(0, file.indexOf('# The one in America')))).toBe(true);
  expect(text.endsWith('---\nkind:   Other\n')).toBe(true);
  for (const comment of ['# The one in America.', '# here', '# by hand']) expect(text).toContain(comment);
  const [, us] = parseAllDocuments(text).map(each => each.toJS());
  expect(us.spec).toEqual({ connection: 'local', brokerConfig: { '1': { a: '1', c: 'true' }, default: { b: '2' } } });
});

test('what is missing on the way is made; the last document of a file, one in braces and an empty mapping take it too', () => {
  const spec = { brokerConfig: { default: { b: '2' } } };
  const [eu, us] = parseAllDocuments(added('eu', spec)).map(each => each.toJS());
  expect([eu.spec, us.spec.brokerConfig]).toEqual([{ connection: 'local', ...spec }, { '1': { a: '1' } }]);
  const inBraces = '{ "kind": "KafkaCluster", "metadata": { "name": "x" }, "spec": { "brokerConfig": null } }\n';
  expect(parseAllDocuments(added('x', spec, inBraces))[0]?.toJS().spec).toEqual(spec);
});

test('a document that is not there, or that says something else there, is left alone', () => {
  expect(added('asia', {})).toBe('');
  expect(added('eu', { connection: { protocol: 'SSL' } })).toBe('');
});
