import { expect, test } from 'vitest';
import { newClusterId } from './start-kafka.ts';

test("a cluster id never begins with a dash, which Kafka's storage tool would take for an option", () => {
  const drawn = [Buffer.alloc(16, 0xfb), Buffer.alloc(16, 0x01)];
  expect(drawn[0]?.toString('base64url')).toMatch(/^-/);
  expect(newClusterId(() => drawn.shift() as Buffer)).toBe('AQEBAQEBAQEBAQEBAQEBAQ');
});
