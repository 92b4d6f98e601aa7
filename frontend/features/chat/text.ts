/** The maximum length of a message, in characters (specs/chat.md). */
export const MOST_CHARACTERS = 50_000;

/** The number of characters as the server counts them: a surrogate pair is one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code >= 0xd800 && code <= 0xdbff) place += 1;
    length += 1;
  }
  return length;
}

/** Whether the text is blank. */
export const isBlank = (text: string) => !/[^\s\p{Cf}\p{Cc}\p{DI}\u2800]/u.test(text);
