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
  let before = Number.NaN;
  for (let left = 0, right = 0; ; left++, right++) {
    const fromLeft = left;
    const fromRight = right;
    if (!inText) {
      while (isBlank(one.charCodeAt(left))) left++;
      while (isBlank(other.charCodeAt(right))) right++;
    }
    const sign = one.charCodeAt(left);
    const end = left >= one.length;
    if (end || right >= other.length) return end && right >= other.length;
    if (sign !== other.charCodeAt(right)) return false;
    if (left > fromLeft !== right > fromRight && isWord(before) && isWord(sign)) return false;
    const escaped = inText && before === backslash;
    if (sign === quote && !escaped) inText = !inText;
    // What is escaped escapes nothing itself.
    before = escaped ? Number.NaN : sign;
  }
}

const quote = 34;
const backslash = 92;
const punctuation = new Set([...'[]{}:,"'].map(each => each.charCodeAt(0)));
const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
const isWord = (code: number): boolean => !Number.isNaN(code) && !punctuation.has(code);
