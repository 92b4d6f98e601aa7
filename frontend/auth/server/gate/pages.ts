import { BODY_BYTES } from "./endpoints";
import { NoText, readText, TooLarge } from "./body";
import { refusal } from "./refusal";
import { areText, isText } from "./text";

const WITHOUT_BODY = new Set(["GET", "HEAD"]);

/** The answer that refuses a request for a page, whose query or body is too large or holds what is not
 * text; null when it may go on. No page reads a body: a browser sends one where a form is sent before
 * its script runs. */
export async function pageRefusal(request: Request): Promise<Response | null> {
  if (!areText(new URL(request.url).searchParams)) return refusal("NOT_TEXT");
  if (WITHOUT_BODY.has(request.method)) return null;
  try {
    const text = await readText(request, BODY_BYTES);
    return isText(text) && areText(new URLSearchParams(text)) ? null : refusal("NOT_TEXT");
  } catch (error) {
    if (error instanceof TooLarge) return refusal("BODY_TOO_LARGE");
    return refusal(error instanceof NoText ? "NOT_TEXT" : "UNREADABLE");
  }
}
