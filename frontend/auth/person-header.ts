const NAME = "x-surelist-person";

/** Says whom the page was made for that asks. */
export function madeFor(personId: string): Record<string, string> {
  return { [NAME]: personId };
}

/** Whom the page was made for that asked. */
export function madeForWhom(headers: Headers | undefined): string | null {
  return headers?.get(NAME) ?? null;
}
