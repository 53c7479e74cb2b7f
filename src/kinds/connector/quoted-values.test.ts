import { expect, test } from 'vitest';
import { fieldWords, withoutQuoted } from './quoted-values.ts';

const config = {
  'tasks.max': '${vault:kv/a:number}',
  'consumer.override.max.poll.records': '${env:RECORDS}',
  'db.password': '${file:/x:db}',
  'batch.size': 'many',
};
const invalid = (value: string, field: string) => `Invalid value ${value} for configuration ${field}: Not a number of type INT`;
const hidden = '(hidden: it may be a secret)';

test('what the workers read through a provider of their own and quote is not shown, what the document says is', () => {
  const text = [
    invalid('hunter2', 'tasks.max'),
    invalid('hunter\n3', 'max.poll.records'),
    invalid('many', 'batch.size'),
    invalid('${secret.local.t/n}', 'tasks.max'),
  ];
  expect(withoutQuoted(text.join('\n'), config).split('\n')).toEqual([
    invalid(hidden, 'tasks.max'),
    invalid(hidden, 'max.poll.records'),
    text[2],
    text[3],
  ]);
});

test("a plug-in's own words about a value that it read are not shown", () => {
  expect(fieldWords('hunter2 is too short', 'db.password', config)).not.toContain('hunter2');
  expect(fieldWords('Invalid value hunter2, it is too short', 'db.password', config)).not.toContain('hunter2');
  expect(fieldWords('many is no number', 'batch.size', config)).toBe('many is no number');
  expect(fieldWords(invalid('hunter2', 'tasks.max'), 'tasks.max', config)).toBe(invalid(hidden, 'tasks.max'));
});
