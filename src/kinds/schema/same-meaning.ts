import { canonical } from '#schemas/index.ts';
import { type Behind, type ReferringText, readWith } from './with-references.ts';

/** Are two texts the same to the letter, or but for the layout that a registry gives them? Asked of each by itself, and soon answered. */
export const sameLetters = (one: TypedText, other: TypedText): boolean =>
  one.type === other.type && (one.text === other.text || (one.type !== 'PROTOBUF' && sameButLayout(one.text, other.text)));

type TypedText = Pick<ReferringText, 'type' | 'text'>;

/** Do two texts of one language mean the same to a registry? What cannot be read (a reference that is not known here) is the same only to the letter. */
export function sameMeaning(one: ReferringText, other: ReferringText, behind: Behind): boolean {
  if (sameLetters(one, other)) return true;
  const [left, right] = [one, other].map(each => {
    const schema = readWith(each, behind);
    return schema === undefined ? undefined : canonical(schema);
  });
  return left !== undefined && left === right;
}

/**
 * Are two texts of JSON equal but for white space beside punctuation? So the layout that a registry gives a text is seen through without parsing either; blanks
 * within a text, and between two words, count.
 */
function sameButLayout(one: string, other: string): boolean {
  let inText = false;
  let before = none;
  let left = 0;
  let right = 0;
  for (; left < one.length && right < other.length; left++, right++) {
    let sign = one.charCodeAt(left);
    // Nearly always both go on alike, and neither with a blank.
    if (sign !== other.charCodeAt(right) || (sign <= 32 && !inText)) {
      if (inText) return false;
      const fromLeft = left;
      const fromRight = right;
      left = pastBlanks(one, left);
      right = pastBlanks(other, right);
      if (left === one.length || right === other.length) break;
      sign = one.charCodeAt(left);
      if (sign !== other.charCodeAt(right)) return false;
      if (left > fromLeft !== right > fromRight && isWord(before) && isWord(sign)) return false;
    }
    const escaped = inText && before === backslash;
    if (sign === quote && !escaped) inText = !inText;
    // What is escaped escapes nothing itself.
    before = escaped ? none : sign;
  }
  if (!inText) [left, right] = [pastBlanks(one, left), pastBlanks(other, right)];
  return left === one.length && right === other.length;
}

/** No sign: texts begin after it. */
const none = -1;
const quote = 34;
const backslash = 92;
const punctuation = new Set([...'[]{}:,"'].map(each => each.charCodeAt(0)));
const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
const isWord = (code: number): boolean => code !== none && !punctuation.has(code);

function pastBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}
