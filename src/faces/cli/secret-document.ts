import { apiVersion } from '#model/manifest.ts';

/** A Secret document around an armour, in the form in which documents are written by hand. Names were checked or are quoted. */
export function secretDocument(secret: {
  name: string;
  sealed: string;
  store: string | undefined;
  key: string | undefined;
}): string {
  const line = (field: string, value: string | undefined) =>
    value === undefined ? [] : [`  ${field}: ${JSON.stringify(value)}`];
  return [
    `apiVersion: ${apiVersion}`,
    'kind: Secret',
    `metadata: { name: ${JSON.stringify(secret.name)} }`,
    'spec:',
    ...line('store', secret.store),
    ...line('key', secret.key),
    '  sealed: |',
    ...secret.sealed
      .trimEnd()
      .split('\n')
      .map(each => `    ${each}`),
    '',
  ].join('\n');
}
