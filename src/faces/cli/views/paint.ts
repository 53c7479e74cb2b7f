/** Colours by meaning; each returns the text as it is where colour is off. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  care(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const wrap = (on: boolean, open: number, close: number) => (text: string) =>
  on && text.length > 0 ? `\u001b[${open}m${text}\u001b[${close}m` : text;

/** The palette for a terminal, or one that changes nothing. */
export const paint = (colour: boolean): Paint => ({
  good: wrap(colour, 32, 39),
  bad: wrap(colour, 31, 39),
  care: wrap(colour, 33, 39),
  strong: wrap(colour, 1, 22),
  faint: wrap(colour, 2, 22),
});

/** Colour is for a terminal whose owner did not switch it off (no-color.org). */
export const wantsColour = (
  environment: Readonly<Record<string, string | undefined>>,
  terminal: boolean,
  flag: boolean,
): boolean => flag && terminal && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';

/** Control characters of text that others wrote, made visible: a name must not steer the terminal. */
export const plain = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
