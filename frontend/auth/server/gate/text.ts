/** Whether a text is one that a database and a log can hold: no U+0000, which PostgreSQL refuses, and
 * no half of a surrogate pair, which no encoding of Unicode has. */
export function isText(value: string): boolean {
  return !value.includes("\0") && value.isWellFormed();
}

/** Whether every text in a JSON value is one, names too. */
export function isTextThroughout(value: unknown): boolean {
  if (typeof value === "string") return isText(value);
  if (Array.isArray(value)) return value.every(isTextThroughout);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, one]) => isText(name) && isTextThroughout(one));
}

/** Whether every name and value of a query or form is one. Broken percent-encoding and bytes that are
 * no UTF-8 become U+FFFD on the way here, so that U+0000 alone is left to look for. */
export function areText(parameters: URLSearchParams): boolean {
  return [...parameters].every(([name, value]) => isText(name) && isText(value));
}
