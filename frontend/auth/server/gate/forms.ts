import { BODY_BYTES, type Parameters } from "./endpoints";
import { NoText, readText, TooLarge } from "./body";
import { fromPairs, isRefused } from "./parameters";
import type { Reason } from "./refusal";

const FORM = "application/x-www-form-urlencoded";

const text = (longest: number) => ({ kind: "text", longest }) as const;

const EMAIL = text(320);
const PASSWORD = text(1024);
const PROOF = text(43); // 32 bytes in base64url
const FLAG = text(1);

const SESSION: Parameters = { email: EMAIL, password: PASSWORD, proof: PROOF, provider: text(20) };

/** The fields of each form that the page's server takes itself (specs/auth.md, "The forms"). */
export const FORMS = {
  "/sign-in": SESSION,
  "/sign-up": { ...SESSION, name: text(100), code: text(100) },
  "/forgot-password": { email: EMAIL },
  "/reset-password": { password: PASSWORD, token: text(100), agents: FLAG },
  "/consent": {
    oauth_query: text(16_384),
    person: text(255),
    proof: text(87), // two, and the space between them
    answer: text(10),
    "tasks:write": FLAG,
    "conversations:read": FLAG,
    "conversations:write": FLAG,
  },
} satisfies Record<string, Parameters>;

export type FormPath = keyof typeof FORMS;

export type Refused = { refused: Reason };

/** The fields of a form that a page of this origin has sent, each once; or the reason of a refusal.
 * Every browser sends `Origin` with a form, and a server on another port is another origin. */
export async function admitForm(
  request: Request,
  path: FormPath,
  origin: string,
): Promise<URLSearchParams | Refused> {
  const site = request.headers.get("Sec-Fetch-Site") ?? "same-origin";
  if (request.headers.get("Origin") !== origin || site !== "same-origin") {
    return { refused: "INVALID_ORIGIN" };
  }
  const type = (request.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== FORM) return { refused: "UNSUPPORTED_MEDIA_TYPE" };
  try {
    const sent = new URLSearchParams(await readText(request, BODY_BYTES));
    return fromPairs(sent, { parameters: FORMS[path], caller: "page" });
  } catch (error) {
    if (error instanceof TooLarge) return { refused: "BODY_TOO_LARGE" };
    return { refused: error instanceof NoText ? "NOT_TEXT" : "UNREADABLE" };
  }
}

export { isRefused };
