import { maxDepth } from './limits.ts';
import { placeAt, SchemaError, type TextPlace } from './schema.ts';

/** JSON as a schema's text says it: whole numbers that a double cannot hold stay exact, as `bigint`. Objects have no prototype. */
export type Value = string | number | bigint | boolean | null | Value[] | ValueObject;
export interface ValueObject {
  [key: string]: Value;
}

/** A parsed text that still knows where its objects and lists stand. */
export interface JsonText {
  readonly value: Value;
  readonly placeOf: (node: unknown) => TextPlace | undefined;
}

/** An object that inherits nothing and is still as fast as a literal, which `Object.create(null)` is not. */
class Bare {
  [key: string]: Value;
}
Object.setPrototypeOf(Bare.prototype, null);
// biome-ignore lint/performance/noDelete: once, so that no text finds a constructor in its objects.
delete (Bare.prototype as { constructor?: unknown }).constructor;

export const isObject = (value: unknown): value is ValueObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * RFC 8259, strictly, in one pass over the text. A parser of our own because it has to give places, bound the depth, keep large numbers and refuse a key
 * that stands twice, where `JSON.parse` silently takes the last.
 * @throws SchemaError
 */
export function readJson(text: string): JsonText {
  const cursor = new Cursor(text);
  const value = cursor.value(0);
  cursor.space();
  if (cursor.at < text.length) throw cursor.error(`there is ${cursor.here()} after the end of the value`);
  return {
    value,
    placeOf: node => {
      const offset = cursor.offsets[cursor.nodes.indexOf(node)];
      return offset === undefined ? undefined : placeAt(text, offset);
    },
  };
}

/** The same value on one line with sorted keys. */
export function sortedJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value === 'bigint') return value.toString();
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).toSorted();
  return `{${members.map(key => `${JSON.stringify(key)}:${sortedJson(value[key] as Value)}`).join(',')}}`;
}

const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const quote = 34;
const backslash = 92;
const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
const brace = 123;
const bracket = 91;
const words = new Map<number, readonly [string, boolean | null]>([
  [116, ['true', true]],
  [102, ['false', false]],
  [110, ['null', null]],
]);

class Cursor {
  at = 0;
  readonly text: string;
  /** Objects and lists, and where each stands: two rows, because only what is wrong is ever looked up in them. */
  readonly nodes: unknown[] = [];
  readonly offsets: number[] = [];
  constructor(text: string) {
    this.text = text;
  }

  begin(node: object): void {
    this.nodes.push(node);
    this.offsets.push(this.at++);
  }

  // Here and in texts nothing is read beyond the end: one answer that is no number makes the engine slow in all others.
  space(): void {
    const { text } = this;
    let { at } = this;
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    this.at = at;
  }

  here(): string {
    return this.at < this.text.length
      ? `\`${String.fromCodePoint(this.text.codePointAt(this.at) as number)}\``
      : 'the end of the text';
  }

  error(message: string, at = this.at): SchemaError {
    return new SchemaError(`the text is not JSON: ${message}`, placeAt(this.text, at));
  }

  value(depth: number): Value {
    if (depth > maxDepth) throw new SchemaError(`the text is nested deeper than ${maxDepth} levels`, placeAt(this.text, this.at));
    this.space();
    const start = this.text.charCodeAt(this.at);
    if (start === quote) return this.string();
    if (start === brace) return this.object(depth);
    if (start === bracket) return this.list(depth);
    const known = words.get(start);
    if (known === undefined) return this.number();
    const [word, value] = known;
    if (!this.text.startsWith(word, this.at)) throw this.error(`a value is expected, there is ${this.here()}`);
    this.at += word.length;
    return value;
  }

  number(): number | bigint {
    numeral.lastIndex = this.at;
    const match = numeral.exec(this.text);
    if (match === null) throw this.error(`a value is expected, there is ${this.here()}`);
    this.at = numeral.lastIndex;
    const value = Number(match[0]);
    if (Number.isSafeInteger(value)) return value;
    // A numeral of a million digits would take BigInt seconds; no schema language has a number beyond 400 digits.
    return !/[.eE]/.test(match[0]) && match[0].length < 400 ? BigInt(match[0]) : value;
  }

  string(): string {
    const { text, at: start } = this;
    let plain = true;
    let at = start + 1;
    for (let code = 0; ; at++) {
      code = at < text.length ? text.charCodeAt(at) : 0;
      if (code === quote) break;
      if (code < 32) throw this.error('a string does not end on its line', start);
      if (code !== backslash) continue;
      plain = false;
      at++;
    }
    this.at = at + 1;
    if (plain) return text.slice(start + 1, at);
    try {
      return JSON.parse(text.slice(start, this.at)) as string;
    } catch {
      throw this.error('a string holds an escape that JSON does not know', start);
    }
  }

  list(depth: number): Value[] {
    const list: Value[] = [];
    this.begin(list);
    this.space();
    if (this.text[this.at] === ']') this.at++;
    else
      do list.push(this.value(depth + 1));
      while (this.more(']'));
    return list;
  }

  object(depth: number): ValueObject {
    const object: ValueObject = new Bare();
    this.begin(object);
    this.space();
    if (this.text[this.at] === '}') this.at++;
    else
      do this.member(object, depth);
      while (this.more('}'));
    return object;
  }

  member(object: ValueObject, depth: number): void {
    this.space();
    const start = this.at;
    if (this.text[this.at] !== '"') throw this.error(`a key is expected, there is ${this.here()}`);
    const key = this.string();
    if (Object.hasOwn(object, key)) throw this.error(`the key \`${key}\` stands twice in one object`, start);
    this.space();
    if (this.text[this.at] !== ':') throw this.error(`\`:\` is expected, there is ${this.here()}`);
    this.at++;
    object[key] = this.value(depth + 1);
  }

  /** Steps over a comma (there is more) or the closing sign (there is not). */
  more(close: string): boolean {
    this.space();
    const sign = this.text[this.at];
    if (sign !== ',' && sign !== close) throw this.error(`\`,\` or \`${close}\` is expected, there is ${this.here()}`);
    this.at++;
    return sign === ',';
  }
}
