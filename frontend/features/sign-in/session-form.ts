import "server-only";

import { SIGN_IN_ERROR } from "@/auth/paths";
import { askAuth } from "@/auth/server/ask";
import type { Offered } from "@/auth/server/offered";
import { cookieOf } from "@/features/forms/cookies";
import { COOKIE_CHECK } from "@/features/forms/document";
import { leadOn } from "@/features/forms/lead-on";
import { button, hidden } from "@/features/forms/parts";
import { seeOther } from "@/features/forms/document";
import { html, type Html, joined } from "@/ui/html";

import { newProof, proofHeader } from "./after-sign-in";
import { inWords } from "./words";

const NAMES = { github: "GitHub", google: "Google" };

const COOKIES_BLOCKED =
  "Signing in needs cookies, which this browser does not send back. Allow cookies for this site in the browser's settings, then try again.";

const STORAGE_BLOCKED =
  "Signing in needs site data, which this browser blocks. Allow it in the browser's settings, then try again.";

/** What is wrong with a form: an error for the whole form, or for its fields. */
export type Wrong = { status: number; form?: string; fields?: Readonly<Record<string, string>> };

/** The fields of each code of Better Auth. Every other code belongs to the whole form. */
const FIELD_OF: Record<string, string> = {
  INVALID_EMAIL: "email",
  VALIDATION_ERROR: "email",
  USER_ALREADY_EXISTS: "email",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "email",
  PASSWORD_TOO_SHORT: "password",
  PASSWORD_TOO_LONG: "password",
  PASSWORD_TOO_COMMON: "password",
  WRONG_FIRST_PERSON_CODE: "code",
};

const MISSING: Record<string, string> = {
  email: "Enter your e-mail address.",
  password: "Enter your password.",
};

/** Something, an at sign, and something. Better Auth checks the rest. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/** The fields that are missing, or that are no e-mail address; null if all can be sent. */
export function faultIn(fields: URLSearchParams, ...names: string[]): Wrong | null {
  const errors: Record<string, string> = {};
  for (const name of names) {
    const value = fields.get(name)?.trim();
    if (!value) errors[name] = MISSING[name] ?? "";
    else if (name === "email" && !ADDRESS.test(value)) {
      errors[name] = inWords({ status: 400, code: "INVALID_EMAIL" });
    }
  }
  return Object.keys(errors).length > 0 ? { status: 400, fields: errors } : null;
}

export function wrongBy({ status, code }: { status: number; code: string }): Wrong {
  const words = inWords({ status, code });
  const name = FIELD_OF[code];
  return name && status !== 429 ? { status, fields: { [name]: words } } : { status, form: words };
}

/** The refusal of a browser that sends no cookies back; null for others. */
export function withoutCookies(request: Request): Wrong | null {
  const sent = cookieOf(request, COOKIE_CHECK) !== null;
  return sent ? null : { status: 400, form: COOKIES_BLOCKED };
}

/** A form that starts a session. Its script adds the proof. */
export function sessionForm(action: string, content: Html): Html {
  return html`<form
    method="post"
    action="${action}"
    novalidate
    data-starts
    data-blocked="${STORAGE_BLOCKED}"
    class="grid gap-4"
  >
    ${hidden("proof", "")} ${content}
  </form>`;
}

/** Buttons for sign-in and sign-up with GitHub or Google. */
export function socialForm(action: string, { social }: Offered): Html | null {
  if (social.length === 0) return null;
  const buttons = social.map((provider) =>
    button(`Continue with ${NAMES[provider]}`, {
      look: "secondary",
      name: "provider",
      value: provider,
    }),
  );
  return html`<form
    method="post"
    action="${action}"
    data-starts
    data-blocked="${STORAGE_BLOCKED}"
    class="mt-6 grid gap-2 border-t border-line pt-6"
  >
    ${hidden("proof", "")} ${joined(buttons)}
    <p role="alert" data-problem class="text-sm text-danger empty:hidden"></p>
    <noscript><p class="text-sm text-muted">These need JavaScript.</p></noscript>
  </form>`;
}

/** Leads the browser to GitHub or Google. */
export async function goToProvider(
  request: Request,
  fields: URLSearchParams,
  next: string,
): Promise<Response> {
  const provider = fields.get("provider") ?? "";
  const asked = { provider, callbackURL: next, errorCallbackURL: SIGN_IN_ERROR };
  const told = await askAuth(request, "/sign-in/social", asked, proofHeader(newProof(fields)));
  const url = told.body["url"];
  if (!told.ok || typeof url !== "string" || !(provider in NAMES)) return seeOther(SIGN_IN_ERROR);
  const name = NAMES[provider as keyof typeof NAMES];
  return leadOn(request, url, {
    title: `Continue with ${name}`,
    words: `You are on your way to ${name}.`,
    linkWords: `Continue with ${name}`,
    cookies: told.cookies,
  });
}

/** The address to which the form at this request's address is sent. */
export function actionOf(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return pathname + search;
}
