import "server-only";

import { randomBytes } from "node:crypto";

import { AUTHORIZE } from "@/auth/paths";
import { PROOF_HEADER } from "@/auth/proof-header";
import { askAuth } from "@/auth/server/ask";
import { getSettings } from "@/auth/server/settings";
import { consentPage } from "@/features/consent/consent-page";
import { destinationOf } from "@/features/consent/redirect";
import { cookiesAfter } from "@/features/forms/cookies";
import { seeOther } from "@/features/forms/document";
import { leadOn } from "@/features/forms/lead-on";

/** The proof of the browser for a new session: the one of the form's script, or a new one of the
 * server's for a browser without scripts. */
export type NewProof = { proof: string; byScript: boolean };

export function newProof(fields: URLSearchParams): NewProof {
  const given = fields.get("proof");
  if (given !== null) return { proof: given, byScript: true };
  return { proof: randomBytes(32).toString("base64url"), byScript: false };
}

export const proofHeader = ({ proof }: NewProof) => ({ [PROOF_HEADER]: proof });

/** The answer to a form that has started a session: on to `next`.
 *
 * An authorization is continued here. Without scripts, the browser keeps no proof, so the consent page
 * is the answer itself and its form holds the proof: no address and no cookie does. */
export async function afterSignIn(
  request: Request,
  next: string,
  cookies: readonly string[],
  { proof, byScript }: NewProof,
): Promise<Response> {
  if (!next.startsWith(`${AUTHORIZE}?`)) return seeOther(next, cookies);
  const cookie = cookiesAfter(request, cookies);
  const told = await askAuth(request, next.slice("/api/auth".length), null, { Cookie: cookie });
  const set = [...cookies, ...told.cookies];
  const to = told.location ?? (typeof told.body["url"] === "string" ? told.body["url"] : null);
  if (to === null) return seeOther(next, set);
  const target = new URL(to, getSettings().webUrl);
  if (target.origin !== getSettings().webUrl) {
    const { name } = destinationOf(target.href);
    const words = `${name} asked to be connected, in a way that this server does not accept.`;
    return leadOn(request, target.href, {
      title: "Go back to the agent",
      words,
      linkWords: `Go back to ${name}`,
      cookies: set,
    });
  }
  if (target.pathname === "/consent" && !byScript) {
    return consentPage(request, target.searchParams, {
      proof,
      cookies: set,
      cookie: cookiesAfter(request, set),
    });
  }
  return seeOther(target.pathname + target.search, set);
}
