import { expect, test } from 'vitest';
import { sameMeaning } from './same-meaning.ts';

const same = (type: 'AVRO' | 'PROTOBUF' | 'JSON', one: string, other: string): boolean =>
  sameMeaning({ type, text: one, references: [] }, { type, text: other, references: [] }, () => undefined);
const avro = (field: string) => `{"type":"record","name":"R","fields":[{"name":"a",${field}}]}`;

test('white space between the parts of a schema is no difference, within a text it is', () => {
  const spread = avro('"type":"string","doc":"one two"').replaceAll(/[,:]/g, '$& \n\t');
  expect(same('AVRO', avro('"type":"string","doc":"one two"'), spread)).toBe(true);
  expect(same('AVRO', avro('"type":"string","doc":"one two"'), avro('"type":"string","doc":"onetwo"'))).toBe(false);
  expect(same('AVRO', avro('"type":"string","doc":"\\" x"'), avro('"type":"string","doc":"\\"x"'))).toBe(false);
});

test('a number that a double cannot hold is a difference', () => {
  const number = (digits: string) => avro(`"type":"long","default":${digits}`);
  expect(same('AVRO', number('9007199254740993'), number('9007199254740992'))).toBe(false);
});

test('what is no schema is the same only to the letter, whatever its white space', () => {
  expect(same('AVRO', '{ "type": "strnig" }', '{"type":"strnig"}')).toBe(true);
  expect(same('AVRO', 'st ring', 'string')).toBe(false);
  expect(same('JSON', '1 2', '12')).toBe(false);
});

test('words of Protobuf stay apart', () => {
  expect(same('PROTOBUF', 'syntax = "proto3"; message A {}', 'syntax = "proto3"; messageA {}')).toBe(false);
});

test.each([
  ['blanks', ' '.repeat(1_000_000)],
  ['words', 'x '.repeat(500_000)],
  ['quotes', '"'.repeat(999_999)],
  ['escapes', '"\\'.repeat(500_000)],
])('a megabyte of %s is compared at once', { timeout: 10_000 }, (_what, text) => {
  const before = process.cpuUsage();
  expect(same('AVRO', `${text}1`, `${text}2`)).toBe(false);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(1_500);
});
