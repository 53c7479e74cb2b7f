import { canonical } from '#schemas/index.ts';
import { type Behind, type ReferringText, readWith } from './with-references.ts';

/** Do two texts of one language mean the same to a registry? What cannot be read (a reference that is not known here) is the same only to the letter. */
export function sameMeaning(one: ReferringText, other: ReferringText, behind: Behind): boolean {
  if (one.text === other.text) return true;
  const [left, right] = [one, other].map(each => {
    const schema = readWith(each, behind);
    return schema === undefined ? undefined : canonical(schema);
  });
  return left !== undefined && left === right;
}
