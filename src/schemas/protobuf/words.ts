import { maxDepth, maxNameLength } from '../limits.ts';
import { placeAt, SchemaError } from '../schema.ts';

export interface Word {
  readonly text: string;
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'end';
  readonly offset: number;
}

const space = /\s*/y;
const patterns: readonly (readonly [Word['kind'], RegExp])[] = [
  ['name', /[A-Za-z_]\w*/y],
  ['number', /0[xX][\dA-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?/y],
  ['string', /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'/y],
  ['sign', /[{}=;:[\],()<>.\-+/]/y],
];

/** The words of a .proto text, one after the other, without comments. */
export class Words {
  readonly text: string;
  readonly #words: Word[] = [];
  #at = 0;

  /** @throws SchemaError for a sign that the language does not have, and for nesting beyond the limit. */
  constructor(text: string) {
    this.text = text;
    let depth = 0;
    for (let offset = blank(text, 0); offset < text.length; ) {
      const word = wordAt(text, offset);
      if (word === undefined || text.startsWith('/*', offset))
        throw this.error(
          `there is an unexpected ${text.startsWith('/*', offset) ? 'comment without an end' : `\`${text[offset]}\``}`,
          offset,
        );
      depth += word.text === '{' || word.text === '[' ? 1 : word.text === '}' || word.text === ']' ? -1 : 0;
      if (depth > maxDepth) throw this.error(`the text is nested deeper than ${maxDepth} levels`, offset);
      this.#words.push(word);
      offset = blank(text, offset + word.text.length);
    }
  }

  error(message: string, offset = this.peek().offset): SchemaError {
    return new SchemaError(message, placeAt(this.text, offset));
  }

  peek(ahead = 0): Word {
    return this.#words[this.#at + ahead] ?? { text: '', kind: 'end', offset: this.text.length };
  }

  next(): Word {
    const word = this.peek();
    this.#at++;
    return word;
  }

  is(text: string): boolean {
    const word = this.peek();
    return word.text === text && word.kind !== 'string';
  }

  /** Steps over the word when it is the next one. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.error(`\`${text}\` is expected, there is ${this.here()}`);
  }

  here(): string {
    const word = this.peek();
    return word.kind === 'end' ? 'the end of the text' : `\`${word.text.slice(0, 40)}\``;
  }

  name(what: string): string {
    if (this.peek().kind !== 'name') throw this.error(`${what} is expected, there is ${this.here()}`);
    return this.next().text;
  }

  /** `a.b.C`, or `.a.b.C` from the root. */
  dotted(what: string): string {
    const parts = [this.take('.') ? '.' : '', this.name(what)];
    while (this.take('.')) parts.push('.', this.name(what));
    const text = parts.join('');
    if (text.length > maxNameLength) throw this.error(`a name is longer than ${maxNameLength} characters`);
    return text;
  }

  string(what: string): string {
    if (this.peek().kind !== 'string') throw this.error(`${what} is expected, there is ${this.here()}`);
    const parts: string[] = [];
    while (this.peek().kind === 'string') parts.push(this.next().text.slice(1, -1));
    return parts.join('');
  }

  integer(what: string): number {
    const sign = this.take('-') ? -1 : 1;
    const { kind, text } = this.peek();
    const value = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
    if (kind !== 'number' || !Number.isSafeInteger(value)) throw this.error(`${what} is expected, there is ${this.here()}`);
    this.next();
    return sign * value;
  }

  /** Steps over everything to the closing sign, which stays; what stands in brackets is stepped over with them. Returns the text without white space. */
  until(closing: readonly string[]): string {
    const parts: string[] = [];
    const open: string[] = [];
    for (;;) {
      const { text, kind } = this.peek();
      if (kind === 'end') throw this.error(`\`${closing[0]}\` is expected, there is the end of the text`);
      if (kind === 'sign' && open.length === 0 && closing.includes(text)) return parts.join('');
      if (kind === 'sign') bracket(this, open, text);
      parts.push(text);
      this.next();
    }
  }

  /** All words with one space between them, empty statements left out: the same for texts that differ in white space and comments. */
  canonical(): string {
    const parts: string[] = [];
    for (const [index, { text, kind }] of this.#words.entries()) {
      const before = this.#words[index - 1]?.text;
      const empty = before === undefined || before === ';' || (before === '}' && !endsValue(this.#words, index - 1));
      if (text === ';' && kind === 'sign' && empty) continue;
      parts.push(kind === 'string' && !text.includes('"') ? `"${text.slice(1, -1)}"` : text);
    }
    return parts.join(' ');
  }
}

/** Does the `}` at this place end an option's value, so that the `;` behind it belongs to a statement? */
function endsValue(words: readonly Word[], index: number): boolean {
  let depth = 0;
  for (let at = index; at >= 0; at--) {
    const { text, kind } = words[at] as Word;
    if (kind !== 'sign') continue;
    depth += text === '}' ? 1 : text === '{' ? -1 : 0;
    if (depth === 0) return words[at - 1]?.text === '=';
  }
  return false;
}

const closings: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')', '<': '>' };

function bracket(words: Words, open: string[], sign: string): void {
  const closing = closings[sign];
  if (closing !== undefined) open.push(closing);
  else if (sign === '}' || sign === ']' || sign === ')' || sign === '>')
    if (open.pop() !== sign) throw words.error(`there is an unexpected \`${sign}\``);
}

/** The offset of the next word: behind white space and comments. A comment without an end stays. */
function blank(text: string, from: number): number {
  for (let offset = from; ; ) {
    space.lastIndex = offset;
    space.exec(text);
    offset = space.lastIndex;
    const line = text.startsWith('//', offset);
    if (!line && !text.startsWith('/*', offset)) return offset;
    const end = text.indexOf(line ? '\n' : '*/', offset + 2);
    if (end === -1) return line ? text.length : offset;
    offset = end + (line ? 1 : 2);
  }
}

function wordAt(text: string, offset: number): Word | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match !== null && match[0] !== '') return { text: match[0], kind, offset };
  }
  return undefined;
}
