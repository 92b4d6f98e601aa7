/** Text that is HTML already. Only `html` and `joined` make it. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | undefined | false;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML with these values. A text is escaped, for content and for quoted attributes. A value of
 * null, undefined or false adds nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const parts = strings.map((string, at) => string + textOf(values[at]));
  return new Html(parts.join(""));
}

/** Several pieces of HTML as one. */
export function joined(pieces: readonly Html[]): Html {
  return new Html(pieces.map(({ text }) => text).join(""));
}

function textOf(value: Part): string {
  if (value instanceof Html) return value.text;
  if (value === null || value === undefined || value === false) return "";
  return String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
