import "server-only";

import { KEEP_AGENTS_HEADER } from "@/auth/keep-agents-header";
import { SIGN_IN } from "@/auth/paths";
import { askAuth } from "@/auth/server/ask";
import { admitForm, isRefused } from "@/auth/server/gate/forms";
import { LONGEST_PASSWORD } from "@/auth/server/passwords/lengths";
import { getSettings } from "@/auth/server/settings";
import { formPage } from "@/features/forms/document";
import {
  button,
  checkbox,
  field,
  heading,
  hidden,
  link,
  message,
  problem,
} from "@/features/forms/parts";
import { refusedPage } from "@/features/forms/refused";
import { html } from "@/ui/html";

import { faultIn, type Wrong, wrongBy } from "./session-form";

const PATH = "/reset-password";
const TITLE = "A new password";

/** Sets a new password with the token of a link. This ends all earlier sessions, and all agents and
 * keys unless the person keeps them. */
export function showResetPassword(request: Request): Promise<Response> {
  const token = new URL(request.url).searchParams.get("token");
  return token ? page(request, token, true, null) : oldLinkPage(request);
}

export async function sendResetPassword(request: Request): Promise<Response> {
  const fields = await admitForm(request, PATH, getSettings().webUrl);
  if (isRefused(fields)) return refusedPage(request, fields.refused);
  const token = fields.get("token");
  if (token === null) return oldLinkPage(request);
  const endsAgents = fields.has("agents");
  const without = faultIn(fields, "password");
  if (without) return page(request, token, endsAgents, without);
  const asked = { newPassword: fields.get("password"), token };
  const keeps = endsAgents ? "" : "1";
  const told = await askAuth(request, PATH, asked, { [KEEP_AGENTS_HEADER]: keeps });
  if (!told.ok) return page(request, token, endsAgents, wrongBy(told));
  const ended = endsAgents ? ", and all agents and keys are disconnected" : "";
  return formPage(request, {
    title: "The password is changed",
    cookies: told.cookies,
    body: html`${message("The password is changed", `You are signed out everywhere${ended}.`)}
      <p class="mt-4">${link(SIGN_IN, "Sign in")}</p>`,
  });
}

function page(
  request: Request,
  token: string,
  endsAgents: boolean,
  wrong: Wrong | null,
): Promise<Response> {
  const action = `${PATH}?${new URLSearchParams({ token }).toString()}`;
  return formPage(request, {
    title: wrong ? `Error: ${TITLE}` : TITLE,
    status: wrong?.status ?? 200,
    body: html`<form method="post" action="${action}" novalidate class="grid gap-4">
      ${heading(TITLE)} ${hidden("token", token)} ${problem(wrong?.form ?? null)}
      ${field({
        name: "password",
        label: "New password",
        type: "password",
        hint: "At least 10 characters. A sentence works well.",
        error: wrong?.fields?.["password"],
        autocomplete: "new-password",
        longest: LONGEST_PASSWORD,
        required: true,
        focus: wrong !== null,
      })}
      ${checkbox({
        name: "agents",
        label: "Also disconnect all agents and keys",
        detail:
          "Recommended if somebody else may have used your account. You can connect them again.",
        checked: endsAgents,
      })}
      ${button("Change the password")}
    </form>`,
  });
}

function oldLinkPage(request: Request): Promise<Response> {
  return formPage(request, {
    title: TITLE,
    body: html`${message("This link no longer works", "It has been used, or is too old.")}
      <p class="mt-4">${link("/forgot-password", "Ask for another")}</p>`,
  });
}
