import "server-only";

import { SIGN_IN } from "@/auth/paths";
import type { Reason } from "@/auth/server/gate/refusal";
import { statusOf } from "@/auth/server/gate/refusal";
import { getSettings } from "@/auth/server/settings";
import { html } from "@/ui/html";

import { formPage } from "./document";
import { link, message } from "./parts";

/** The page for a form that was not accepted. Its words are constant. */
export function refusedPage(request: Request, reason: Reason): Promise<Response> {
  const ofOrigin = reason === "INVALID_ORIGIN";
  const { webUrl } = getSettings();
  const words = ofOrigin
    ? html`The form was not sent by this site. Open the page at its configured address,
      ${link(webUrl, webUrl)}, and try again.`
    : "The form could not be read. Nothing was changed. Open the page again.";
  return formPage(request, {
    title: "That did not work",
    status: statusOf(reason),
    body: html`${message("That did not work", words)}
      <p class="mt-4">${link(SIGN_IN, "Sign in")}</p>`,
  });
}
