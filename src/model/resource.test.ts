import { expect, test } from 'vitest';
import type { Json, JsonObject } from './json.ts';
import type { Manifest } from './manifest.ts';
import { type Layer, provenance } from './resource.ts';

/** A document with one mark per node; each node stands on a line of its own, in the order in which it is written. */
function layer(file: string, kind: string, spec: JsonObject): Layer {
  const value = { spec };
  const marks: number[] = [];
  const note = (node: Json) => {
    marks.push(marks.length / 4, 1, marks.length / 4, 1);
    if (typeof node === 'object' && node !== null) for (const each of Object.values(node)) note(each);
  };
  note(value);
  const located = { file, value, marks: Int32Array.from(marks) };
  return { manifest: { kind, metadata: { name: 'x' }, located } as unknown as Manifest, root: ['spec'], spec };
}

const files = (layers: Layer[], ...path: (string | number)[]) => provenance({ layers }, path).map(each => each.file);
const fallback = layer('default', 'Landscape', { partitions: 1, config: { a: 1 } });
const base = layer('base', 'Topic', { partitions: 2, config: { a: 2 } });

test('a value is from the strongest document that gives it, and overrode the rest', () => {
  expect(files([fallback, base, layer('patch', 'Topic', { partitions: 3 })], 'partitions')).toEqual(['patch', 'base', 'default']);
  expect(files([fallback, base, layer('patch', 'Topic', {})], 'config', 'a')).toEqual(['base', 'default']);
});

test('where a patch removes a value by null, the default holds, and is said to', () => {
  const patch = layer('patch', 'Topic', { partitions: null, config: null });
  expect(files([fallback, base, patch], 'partitions')).toEqual(['default', 'patch', 'base']);
  expect(files([fallback, base, patch], 'config', 'a')).toEqual(['default', 'patch', 'base']);
});

test('a value that nobody gives stands where its nearest ancestor does', () => {
  expect(files([base], 'config', 'b')).toEqual(['base']);
});
