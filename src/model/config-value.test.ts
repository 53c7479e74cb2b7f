import { expect, test } from 'vitest';
import { configValue, sameConfigValue } from './config-value.ts';

test('durations and sizes are understood where the key says so, and only there', () => {
  expect(configValue('consumer.session.timeout.ms', '45s')).toBe('45000');
  expect(configValue('log.retention.bytes', '10GiB')).toBe('10737418240');
  expect(configValue('log.retention.ms', 'soon')).toBeUndefined();
  expect(configValue('log.retention.ms', -1)).toBe('-1');
  expect(configValue('share.auto.offset.reset', 'earliest')).toBe('earliest');
});

test('equal to the broker is equal', () => {
  expect(sameConfigValue('1', '1.0')).toBe(true);
  expect(sameConfigValue('a, b', 'a,b')).toBe(true);
  expect(sameConfigValue('a', 'b')).toBe(false);
});
