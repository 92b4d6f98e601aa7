import "server-only";

import { confirmedPath, resumeAfter, SIGN_IN, SIGN_UP } from "@/auth/paths";
import { askAuth } from "@/auth/server/ask";
import { asksForCode } from "@/auth/server/first-person";
import { admitForm, isRefused } from "@/auth/server/gate/forms";
import { offeredWays } from "@/auth/server/offered";
import { LONGEST_PASSWORD } from "@/auth/server/passwords/lengths";
import { getSettings } from "@/auth/server/settings";
import { formPage, seeOther } from "@/features/forms/document";
import { button, emailField, field, heading, link, message, problem } from "@/features/forms/parts";
import { refusedPage } from "@/features/forms/refused";
import { html } from "@/ui/html";

import { afterSignIn, newProof, proofHeader } from "./after-sign-in";
import {
  actionOf,
  goToProvider,
  faultIn,
  sessionForm,
  socialForm,
  withoutCookies,
  type Wrong,
  wrongBy,
} from "./session-form";

const ORDER = ["email", "password", "code"];

/** Sign-up. If e-mail is configured, the address must be confirmed before it can sign in. */
export async function showSignUp(request: Request): Promise<Response> {
  return offeredWays().signUp ? page(request, new URLSearchParams(), null) : seeOther(SIGN_IN);
}

export async function sendSignUp(request: Request): Promise<Response> {
  const fields = await admitForm(request, SIGN_UP, getSettings().webUrl);
  if (isRefused(fields)) return refusedPage(request, fields.refused);
  const blocked = withoutCookies(request);
  if (blocked) return page(request, fields, blocked);
  const next = resumeAfter(queryOf(request));
  if (fields.has("provider")) return goToProvider(request, fields, next);
  const without = faultIn(fields, "email", "password");
  if (without) return page(request, fields, without);
  const email = fields.get("email") ?? "";
  const code = fields.get("code");
  const asked = {
    name: fields.get("name") ?? email.replace(/@.*/, ""),
    email,
    password: fields.get("password"),
    callbackURL: confirmedPath(next),
    ...(code && { code }),
  };
  const proof = newProof(fields);
  const told = await askAuth(request, "/sign-up/email", asked, proofHeader(proof));
  if (!told.ok) return page(request, fields, wrongBy(told));
  if (offeredWays().mail) return sentPage(request, email);
  return afterSignIn(request, next, told.cookies, proof);
}

const queryOf = (request: Request) => new URL(request.url).searchParams;

/** No session has started, so the script drops the proof. */
function sentPage(request: Request, email: string): Promise<Response> {
  const words = html`An e-mail is on its way to <bdi>${email}</bdi>. The link in it confirms the
    address; then you sign in. If there is an account with this address already, it says so instead.`;
  return formPage(request, {
    title: "Check your e-mail",
    body: html`<div data-refused>${message("Check your e-mail", words)}</div>`,
  });
}

async function page(
  request: Request,
  fields: URLSearchParams,
  wrong: Wrong | null,
): Promise<Response> {
  const query = queryOf(request);
  const action = actionOf(request);
  const errors = wrong?.fields ?? {};
  const first = wrong?.fields ? ORDER.find((name) => name in errors) : wrong && "password";
  const kept = (name: string) => ({ name, value: fields.get(name) ?? "", error: errors[name] });
  return formPage(request, {
    title: wrong ? "Error: Make an account" : "Make an account",
    status: wrong?.status ?? 200,
    body: html`<div ${wrong && html`data-refused`}>
      ${sessionForm(
        action,
        html`${heading("Make an account", "One list, for you and all of your agents.")}
        ${problem(wrong?.form ?? null)}
        ${field({
          ...kept("name"),
          label: "Name",
          hint: "Optional.",
          autocomplete: "name",
          longest: 100,
        })}
        ${emailField({ ...kept("email"), focus: first === "email" })}
        ${field({
          name: "password",
          label: "Password",
          type: "password",
          hint: "At least 10 characters. A sentence works well.",
          error: errors["password"],
          autocomplete: "new-password",
          longest: LONGEST_PASSWORD,
          required: true,
          focus: first === "password",
        })}
        ${
          (await asksForCode()) &&
          field({
            ...kept("code"),
            label: "Code from the server’s terminal",
            hint: "Optional, for the person who runs this server: the list that agents have used with “surelist token local” becomes yours.",
            autocomplete: "off",
            longest: 100,
            focus: first === "code",
            more: html`placeholder="ABCD-EFGH-IJKL-MNOP" autocapitalize="characters"
            spellcheck="false"`,
          })
        }
        ${button("Make the account")}`,
      )}
      ${socialForm(action, offeredWays())}
      <p class="mt-6 text-sm">
        ${link(`${SIGN_IN}?${query.toString()}`, "I have an account already")}
      </p>
    </div>`,
  });
}
