import "server-only";

import { addressBack } from "@/auth/server/authorization-error";
import { destinationOf } from "@/features/consent/redirect";
import { formPage } from "@/features/forms/document";
import { link } from "@/features/forms/parts";
import { html, type Html } from "@/ui/html";

import { errorInWords } from "./error-words";

const TITLE = "That did not work";

/** The page for errors that are not sent back to the client: a wrong redirect above all, and errors
 * of a client that the person has never allowed. */
export function showSignInError(request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const back = addressBack(query);
  return formPage(request, {
    title: TITLE,
    body: html`<h1 class="text-xl font-semibold">${TITLE}</h1>
      ${back !== null && askedBy(back)}
      <p class="mt-2 text-muted">${errorInWords(query.get("error") ?? "")}</p>
      ${back !== null && wayBack(back)}
      <p class="mt-4">${link("/", "To your list")}</p>`,
  });
}

function askedBy(back: string): Html {
  const { name } = destinationOf(back);
  return html`<p class="mt-2 text-muted">
    <strong class="wrap-anywhere text-text">${name}</strong> asked to be connected to your list, in
    a way that this server does not take.
  </p>`;
}

function wayBack(back: string): Html {
  const { name } = destinationOf(back);
  return html`<p class="mt-4">
    <a href="${back}" rel="noreferrer" class="text-accent underline underline-offset-4"
      >Go back to <span class="wrap-anywhere">${name}</span></a
    >
  </p>`;
}
