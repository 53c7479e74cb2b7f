import { expect, test } from 'vitest';
import type { Path } from '#model/position.ts';
import { fillVariables } from './variables.ts';

const known: Record<string, string | number> = { 'var.rf': 3, 'var.zone': 'eu', 'topic.orders': 'dev.orders' };
const lookup = (family: string, name: string) => known[`${family}.${name}`];
const never = () => {
  throw new Error('nothing is missing here');
};

test('a value that is one variable alone keeps its type', () => {
  expect(fillVariables({ replicationFactor: '${var.rf}' }, lookup, never)).toEqual({ replicationFactor: 3 });
});

test('variables inside a text are written into it', () => {
  expect(fillVariables(['${var.zone}-${topic.orders}'], lookup, never)).toEqual(['eu-dev.orders']);
});

test.each(['${file:/secrets:key}', '${env:HOME}', '${secret.local.x}', '${topic}', '$${x}'])(
  'what is not ours passes untouched: %s',
  text => {
    expect(fillVariables(text, lookup, never)).toBe(text);
  },
);

test('an undefined variable is reported with its place and stays as it is', () => {
  const missing: [Path, string][] = [];
  expect(fillVariables({ a: ['${var.nope}'] }, lookup, (path, variable) => missing.push([path, variable]))).toEqual({
    a: ['${var.nope}'],
  });
  expect(missing).toEqual([[['a', 0], '${var.nope}']]);
});
