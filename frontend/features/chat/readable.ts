/* Parsing Markdown takes time quadratic in the number of some characters, and stack for each level
 * of quotes and lists: 25,000 characters of "*_" took 35 seconds, and 3,000 of ">" overflowed a
 * browser's stack. Such a text is shown unformatted. */

const MOST_CHARACTERS = 30_000;
const MOST_LINES = 1_500;
const MOST_SIGNS = 2_500;
const DEEPEST = 12;

const SIGN = /[*_~[\]`|!<&]/g;
const DEEP = new RegExp(`^[ \\t]*(?:(?:>|[-+*]|\\d{1,9}[.)])[ \\t]*){${DEEPEST + 1},}`, "m");

/** Whether the text can be parsed as Markdown quickly. */
export function isReadable(text: string): boolean {
  return (
    text.length <= MOST_CHARACTERS &&
    countOf(text, /\n/g) <= MOST_LINES &&
    countOf(text, SIGN) <= MOST_SIGNS &&
    !DEEP.test(text)
  );
}

const countOf = (text: string, sign: RegExp) => text.match(sign)?.length ?? 0;
