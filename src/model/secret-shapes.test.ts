import { expect, test } from 'vitest';
import { withoutShapes } from './secret-shapes.ts';

/** Put together here, so that no text of this repository looks like a secret itself. */
const token = ['gh', 'p_', 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0iLoRuX'].join('');

test('a message shows what stands before, between and after secrets, and none of them, however many they are', () => {
  expect(withoutShapes('`a` is no field')).toBe('`a` is no field');
  expect(withoutShapes(`Not \`${token}\`, \`b\`, \`${token}x\` or \`c\`.`)).toBe(
    'Not `(hidden: a secret in clear)`, `b`, `(hidden: a secret in clear)` or `c`.',
  );
  const many = withoutShapes(`\`${token}\` `.repeat(20_000));
  expect([many.includes('ghp_'), many.length]).toEqual([false, '`(hidden: a secret in clear)` '.length * 20_000]);
});

test('a secret that has quotation marks in it is hidden as a whole', () => {
  expect(withoutShapes('Not `x.PlainLoginModule `required` password=hunter22` here')).not.toContain('hunter22');
});
