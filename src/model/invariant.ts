/** We are wrong, not the user and not the outside: ends as exit code 70. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** Throws a `Bug` with this sentence unless the condition holds. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Bug(sentence);
}
