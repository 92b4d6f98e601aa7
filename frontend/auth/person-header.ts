const NAME = "x-surelist-person";

/** The code of the answer to a page of somebody else than is signed in. */
export const ANOTHER_PERSON = "ANOTHER_PERSON";

/** Says whom the page was made for that asks. */
export function madeFor(personId: string): Record<string, string> {
  return { [NAME]: personId };
}

/** Whom the page was made for that asked. */
export function madeForWhom(headers: Headers | undefined): string | null {
  return headers?.get(NAME) ?? null;
}
