import "server-only";

import { SIGN_IN, SIGN_IN_ERROR } from "@/auth/paths";
import { formPage, seeOther } from "@/features/forms/document";
import { link } from "@/features/forms/parts";
import { html } from "@/ui/html";

/** Where a browser comes back to from GitHub or Google, with their answer in the query. The script
 * completes the sign-in with this browser's proof. */
export function showFinishSignIn(request: Request): Promise<Response> | Response {
  const query = new URL(request.url).searchParams;
  const provider = query.get("provider") ?? "";
  query.delete("provider");
  if (!/^[a-z]+$/.test(provider)) return seeOther(SIGN_IN_ERROR);
  return formPage(request, {
    title: "Signing in",
    body: html`<div
        role="status"
        data-finish="/api/auth/callback/${provider}?${query.toString()}"
        data-failed="${SIGN_IN_ERROR}"
      >
        <h1 class="text-xl font-semibold">Signing in …</h1>
      </div>
      <noscript>
        <p class="mt-2 text-muted">This sign-in needs JavaScript.</p>
        <p class="mt-4">${link(SIGN_IN, "Sign in with a password")}</p>
      </noscript>`,
  });
}
