/* Markdown takes time that grows with the square of some signs, and with the depth of quotes and
 * lists: 25,000 characters of "*_" took 35 seconds, 3,000 of ">" more stack than a browser has. An
 * answer that somebody made for that is shown as it is. */

const MOST_CHARACTERS = 30_000;
const MOST_LINES = 1_500;
const MOST_SIGNS = 2_500;
const DEEPEST = 12;

const SIGN = /[*_~[\]`|!<&]/g;
const DEEP = new RegExp(`^[ \\t]*(?:(?:>|[-+*]|\\d{1,9}[.)])[ \\t]*){${DEEPEST + 1},}`, "m");

/** Whether the text can be read as Markdown within a moment. */
export function isReadable(text: string): boolean {
  return (
    text.length <= MOST_CHARACTERS &&
    countOf(text, /\n/g) <= MOST_LINES &&
    countOf(text, SIGN) <= MOST_SIGNS &&
    !DEEP.test(text)
  );
}

const countOf = (text: string, sign: RegExp) => text.match(sign)?.length ?? 0;
