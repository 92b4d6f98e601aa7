import type { Reason } from "@/auth/paths";

/** Sentences for Better Auth's error codes, which are stable, unlike its messages. */
const WORDS: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: "The address or the password is wrong.",
  USER_ALREADY_EXISTS: "There is an account with this address already. Sign in instead.",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL:
    "There is an account with this address already. Sign in instead.",
  PASSWORD_TOO_SHORT: "The password needs at least 10 characters.",
  PASSWORD_TOO_LONG: "The password can have at most 128 characters.",
  INVALID_PASSWORD: "That is not your password.",
  PASSWORD_TOO_COMMON:
    "Many people use this password, or it is your own address. Choose another, for example a sentence.",
  NAME_EMPTY: "A name needs a letter or a digit.",
  INVALID_EMAIL: "That is not an e-mail address.",
  VALIDATION_ERROR: "That is not an e-mail address.",
  INVALID_TOKEN: "This link was used already or has expired. Request a new one.",
  EMAIL_NOT_VERIFIED: "Confirm your address first: the link is in the e-mail just sent to you.",
  EMAIL_PASSWORD_SIGN_UP_DISABLED: "Nobody can sign up here now.",
  WRONG_FIRST_PERSON_CODE:
    "The code is wrong, or somebody has signed up already. No account was made. Correct it, or leave it empty.",
  INVALID_ORIGIN: "Open this page at its configured address, and try again.",
};

/** Reasons for a sign-in. */
const REASON_WORDS: Record<Reason, string> = {
  ended: "Your session ended. Sign in to go on.",
  proof: "Your session was not started on this page. Sign in to continue.",
  recent: "Sign in again to continue: your last sign-in is more than ten minutes old.",
  confirmed: "Your address is confirmed. Sign in to begin.",
};

/** One sentence for the person; null when there is nothing to say. */
export function reasonInWords(reason: Reason | null): string | null {
  return reason && REASON_WORDS[reason];
}

/** Problems of the link in a confirmation e-mail. */
const LINK_WORDS: Record<string, string> = {
  TOKEN_EXPIRED: "That link has expired. Sign in to get a new one.",
  INVALID_TOKEN: "That link does not work. Sign in to get a new one.",
  USER_NOT_FOUND: "That link is for an account that does not exist.",
};

/** One sentence for the person; null if there is no known problem. */
export function linkInWords(code: string | null): string | null {
  return code !== null && Object.hasOwn(LINK_WORDS, code) ? (LINK_WORDS[code] ?? null) : null;
}

type Refusal = { code?: string | undefined; status: number };

/** One sentence for the person. */
export function inWords({ code, status }: Refusal): string {
  if (status === 429) return "Too many tries. Wait a few minutes and try again.";
  return WORDS[code ?? ""] ?? "That did not work. Try again in a moment.";
}
