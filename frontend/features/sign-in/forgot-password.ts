import "server-only";

import { askAuth } from "@/auth/server/ask";
import { admitForm, isRefused } from "@/auth/server/gate/forms";
import { offeredWays } from "@/auth/server/offered";
import { getSettings } from "@/auth/server/settings";
import { formPage } from "@/features/forms/document";
import { button, emailField, heading, message, problem } from "@/features/forms/parts";
import { refusedPage } from "@/features/forms/refused";
import { html } from "@/ui/html";

import { faultIn, type Wrong, wrongBy } from "./session-form";

const PATH = "/forgot-password";
const TITLE = "A new password";

/** Requests an e-mail with a link. The answer is the same for known and unknown addresses. */
export function showForgotPassword(request: Request): Promise<Response> {
  return offeredWays().mail ? page(request, new URLSearchParams(), null) : commandPage(request);
}

export async function sendForgotPassword(request: Request): Promise<Response> {
  const fields = await admitForm(request, PATH, getSettings().webUrl);
  if (isRefused(fields)) return refusedPage(request, fields.refused);
  if (!offeredWays().mail) return commandPage(request);
  const without = faultIn(fields, "email");
  if (without) return page(request, fields, without);
  const asked = { email: fields.get("email"), redirectTo: "/reset-password" };
  const told = await askAuth(request, "/request-password-reset", asked);
  if (!told.ok) return page(request, fields, wrongBy(told));
  const words = "If there is an account with this address, an e-mail with a link is on its way.";
  return formPage(request, {
    title: "Check your e-mail",
    body: message("Check your e-mail", words),
  });
}

function page(request: Request, fields: URLSearchParams, wrong: Wrong | null): Promise<Response> {
  const error = wrong?.fields?.["email"];
  return formPage(request, {
    title: wrong ? `Error: ${TITLE}` : TITLE,
    status: wrong?.status ?? 200,
    body: html`<form method="post" action="${PATH}" novalidate class="grid gap-4">
      ${heading(TITLE)} ${problem(wrong?.form ?? null)}
      ${emailField({ value: fields.get("email") ?? "", error, focus: wrong !== null })}
      ${button("Send the e-mail")}
    </form>`,
  });
}

/** Without e-mail, whoever runs the server makes the link. */
function commandPage(request: Request): Promise<Response> {
  return formPage(request, {
    title: TITLE,
    body: html`<h1 class="text-xl font-semibold">${TITLE}</h1>
      <p class="mt-2 text-muted">
        This installation sends no mail. Whoever runs it can make you a link that works once, with
        this command:
      </p>
      <pre class="mt-3 rounded-lg bg-sunken p-3 text-sm wrap-anywhere whitespace-pre-wrap">
.venv/bin/surelist reset-password YOUR-ADDRESS</pre>`,
  });
}
