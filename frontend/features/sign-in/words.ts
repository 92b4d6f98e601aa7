import type { Reason } from "@/auth/paths";

/** Sentences for Better Auth's error codes, which are stable, unlike its messages. */
const WORDS: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: "That address and password do not belong together.",
  USER_ALREADY_EXISTS: "There is an account with this address already. Sign in instead.",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL:
    "There is an account with this address already. Sign in instead.",
  PASSWORD_TOO_SHORT: "The password needs at least 10 characters.",
  PASSWORD_TOO_LONG: "The password can have at most 128 characters.",
  INVALID_PASSWORD: "That is not your password.",
  PASSWORD_TOO_COMMON:
    "Many people use this password, or it is your own address. Choose another: a sentence is a good one.",
  INVALID_EMAIL: "That is not an e-mail address.",
  INVALID_TOKEN: "This link has been used, or is too old. Ask for another.",
  EMAIL_NOT_VERIFIED: "Confirm your address first: the link is in the e-mail just sent to you.",
  EMAIL_PASSWORD_SIGN_UP_DISABLED: "Nobody can sign up here now.",
  WRONG_FIRST_PERSON_CODE:
    "That is not the code of this server, or somebody has signed up before. No account was made. Correct it, or leave it empty.",
  INVALID_ORIGIN: "Open this page at the address it was set up for, and try again.",
};

/** Reasons for a sign-in. */
const REASON_WORDS: Record<Reason, string> = {
  proof: "Your session was not started on this page. Sign in to go on.",
  recent: "Sign in again to go on: you did so more than ten minutes ago.",
  confirmed: "Your address is confirmed. Sign in to begin.",
};

/** One sentence for the person; null when there is nothing to say. */
export function reasonInWords(reason: Reason | null): string | null {
  return reason && REASON_WORDS[reason];
}

/** Problems of the link in a confirmation e-mail. */
const LINK_WORDS: Record<string, string> = {
  TOKEN_EXPIRED: "That link was too old. Sign in, and you are sent another.",
  INVALID_TOKEN: "That link does not work. Sign in, and you are sent another.",
  USER_NOT_FOUND: "That link is for an account that there is not.",
};

/** One sentence for the person; null if there is no known problem. */
export function linkInWords(code: string | null): string | null {
  return code !== null && Object.hasOwn(LINK_WORDS, code) ? (LINK_WORDS[code] ?? null) : null;
}

type Refusal = { code?: string | undefined; status: number };

/** One sentence for the person. */
export function inWords({ code, status }: Refusal): string {
  if (status === 429) return "That was too often. Wait a few minutes and try again.";
  return WORDS[code ?? ""] ?? "That did not work. Try again in a moment.";
}
