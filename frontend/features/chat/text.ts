/** How long a message may be, in characters (specs/chat.md). */
export const MOST_CHARACTERS = 50_000;

/** Characters as the server counts them: one that takes two places in a string is one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code >= 0xd800 && code <= 0xdbff) place += 1;
    length += 1;
  }
  return length;
}

/** Whether there is nothing to be seen in it. */
export const isBlank = (text: string) => !/[^\s\p{Cf}\p{Cc}\p{DI}\u2800]/u.test(text);
