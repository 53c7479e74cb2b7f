import { expect, test } from 'vitest';
import type { Difference } from '../kind.ts';
import { assess } from './assess.ts';

const saidOf = (difference: object, config: Readonly<Record<string, string>> = {}) => {
  const fields = { 'config.slot.name': 'cages', ...config };
  const { reasons = [] } = assess({ fields: [], live: { fields, details: {} }, ...difference } as unknown as Difference);
  return reasons.filter(({ code }) => code === 'connector/replication-slot').map(({ message }) => message);
};
const field = (path: string, from: string, to: string) => ({ action: 'update', fields: [{ path, from, to }] });

test('a connector that stops, goes or takes another slot says which replication slot of its database keeps the log', () => {
  const left = [expect.stringContaining('`cages` stays in the database')];
  expect(saidOf({ action: 'delete' })).toEqual(left);
  expect(saidOf(field('config.slot.name', 'cages', 'dens'))).toEqual(left);
  expect(saidOf(field('state', 'running', 'paused'))).toEqual([expect.stringContaining('for the replication slot `cages`')]);
  expect(saidOf(field('state', 'paused', 'running'))).toEqual([]);
  expect(saidOf({ action: 'delete' }, { 'config.slot.drop.on.stop': 'true' })).toEqual([]);
});
