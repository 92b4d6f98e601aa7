import "server-only";

import { confirmedPath, reasonOf, resumeAfter, SIGN_IN, withoutError } from "@/auth/paths";
import { askAuth } from "@/auth/server/ask";
import { admitForm, isRefused } from "@/auth/server/gate/forms";
import { offeredWays } from "@/auth/server/offered";
import { getSettings } from "@/auth/server/settings";
import { formPage } from "@/features/forms/document";
import { button, emailField, field, heading, link, problem } from "@/features/forms/parts";
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
import { linkInWords, reasonInWords } from "./words";

const FOR_AGENT = "An agent wants to be connected to your list. Sign in first.";

/** Sign-in with address and password, or with GitHub or Google. */
export function showSignIn(request: Request): Promise<Response> {
  return page(request, new URLSearchParams(), null);
}

export async function sendSignIn(request: Request): Promise<Response> {
  const fields = await admitForm(request, SIGN_IN, getSettings().webUrl);
  if (isRefused(fields)) return refusedPage(request, fields.refused);
  const blocked = withoutCookies(request);
  if (blocked) return page(request, fields, blocked);
  const next = nextOf(request).place;
  if (fields.has("provider")) return goToProvider(request, fields, next);
  const without = faultIn(fields, "email", "password");
  if (without) return page(request, fields, without);
  const proof = newProof(fields);
  const asked = {
    email: fields.get("email"),
    password: fields.get("password"),
    callbackURL: confirmedPath(next),
  };
  const told = await askAuth(request, "/sign-in/email", asked, proofHeader(proof));
  return told.ok
    ? afterSignIn(request, next, told.cookies, proof)
    : page(request, fields, wrongBy(told));
}

const queryOf = (request: Request) => new URL(request.url).searchParams;

const nextOf = (request: Request) => withoutError(resumeAfter(queryOf(request)));

function page(request: Request, fields: URLSearchParams, wrong: Wrong | null): Promise<Response> {
  const query = queryOf(request);
  const action = actionOf(request);
  const offered = offeredWays();
  const wrongLink = linkInWords(query.get("error") ?? nextOf(request).error);
  const forAgent = query.has("client_id") ? FOR_AGENT : null;
  const errors = wrong?.fields ?? {};
  return formPage(request, {
    title: wrong ? "Error: Sign in" : "Sign in",
    status: wrong?.status ?? 200,
    body: html`<div ${wrong && html`data-refused`}>
      ${sessionForm(
        action,
        html`${heading("Sign in", wrongLink ?? reasonInWords(reasonOf(query)) ?? forAgent)}
        ${problem(wrong?.form ?? null)}
        ${emailField({
          value: fields.get("email") ?? "",
          error: errors["email"],
          focus: "email" in errors,
        })}
        ${field({
          name: "password",
          label: "Password",
          type: "password",
          autocomplete: "current-password",
          longest: 1024,
          required: true,
          error: errors["password"],
          // After a wrong password the address is kept, and only the password is to be typed again.
          focus: wrong !== null && !("email" in errors),
        })}
        ${button("Sign in")}`,
      )}
      ${socialForm(action, offered)}
      <p class="mt-6 flex flex-wrap justify-between gap-2 text-sm">
        ${offered.signUp && link(`/sign-up?${query.toString()}`, "Make an account")}
        ${link("/forgot-password", "Forgot your password?")}
      </p>
    </div>`,
  });
}
