/**
 * Texts that were checked before and found right, by content: whoever has one need not check it again. Nothing but that is kept, so that losing all of it costs
 * time only; it holds for one build of kaas, because another may find a text wrong.
 */
export interface RightTexts {
  /** `what` says what was checked and how, in one line. */
  has(what: string, texts: readonly string[]): boolean;
  add(what: string, texts: readonly string[]): void;
}
