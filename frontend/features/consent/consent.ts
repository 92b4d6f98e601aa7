import "server-only";

import { resumeAfter, SIGN_IN, signInPath, isTooOld } from "@/auth/paths";
import { madeFor } from "@/auth/person-header";
import { PROOF_HEADER, PROOF_NEEDED } from "@/auth/proof-header";
import { isAnswered, noteAnswered } from "@/auth/server/answered";
import { agentPath, askApi } from "@/auth/server/api";
import { askAuth, type Told } from "@/auth/server/ask";
import { clientName } from "@/auth/server/client-name";
import { findClient } from "@/auth/server/clients";
import { admitForm, isRefused } from "@/auth/server/gate/forms";
import { AGENT_SCOPES } from "@/auth/server/scopes";
import { getSettings } from "@/auth/server/settings";
import { seeOther } from "@/features/forms/document";
import { leadOn } from "@/features/forms/lead-on";
import { refusedPage } from "@/features/forms/refused";

import { answeredPage, consentPage } from "./consent-page";
import { destinationOf } from "./redirect";
import { scopesInWords } from "./scope-words";

const PATH = "/consent";

const FAILED = "That did not work, and the agent got no access. Try again, or connect again.";

export function showConsent(request: Request): Promise<Response> {
  return consentPage(request, new URL(request.url).searchParams);
}

/** Takes the person's answer. If any step fails, the client gets no access, because only this answer
 * passes the code on. Better Auth is called first, because it checks whether the request is valid. */
export async function sendConsent(request: Request): Promise<Response> {
  const fields = await admitForm(request, PATH, getSettings().webUrl);
  if (isRefused(fields)) return refusedPage(request, fields.refused);
  const oauthQuery = fields.get("oauth_query") ?? "";
  const query = new URLSearchParams(oauthQuery);
  const signature = query.get("sig") ?? "";
  const answer = fields.get("answer");
  if (answer === "leave") return signOut(request, query);
  if (answer !== "allow" && answer !== "deny") return consentPage(request, query);
  if (isTooOld(query)) return seeOther(resumeAfter(query));
  if (await isAnswered(signature)) return answeredPage(request);
  const scopes = grantedBy(fields, query);
  const asked =
    answer === "allow"
      ? { accept: true, scope: scopes.join(" "), oauth_query: oauthQuery }
      : { accept: false, oauth_query: oauthQuery };
  const person = fields.get("person") ?? "";
  const proof = fields.get("proof") ?? "";
  const told = await askAuth(request, "/oauth2/consent", asked, {
    ...madeFor(person),
    [PROOF_HEADER]: proof,
  });
  const url = told.body["url"];
  const failed = () =>
    consentPage(request, query, {
      proof: "",
      granted: scopes,
      problem: { words: FAILED, status: told.ok ? 502 : told.status },
    });
  if (!told.ok || typeof url !== "string") {
    return withoutConsent(told, query) ?? (await failed());
  }
  if (answer === "allow" && !(await isConnected(person, query, scopes))) return failed();
  await noteAnswered(signature);
  const { name } = destinationOf(url);
  return leadOn(request, url, {
    title: "Go back to the agent",
    words: "You can close this page.",
    linkWords: `Go back to ${name}`,
    cookies: told.cookies,
  });
}

/** Where the browser goes if this session cannot answer this request; null if it can try again. */
function withoutConsent({ status, code }: Told, query: URLSearchParams): Response | null {
  if (code === PROOF_NEEDED) {
    return seeOther(signInPath({ pathname: PATH, search: `?${query.toString()}` }, "proof"));
  }
  const outdated = status === 401 || status === 409 || code === "invalid_signature";
  return outdated ? seeOther(resumeAfter(query)) : null;
}

/** The requested scopes without those that the person removed. */
function grantedBy(fields: URLSearchParams, query: URLSearchParams): string[] {
  const asked = (query.get("scope") ?? "").split(" ").filter(Boolean);
  const known = scopesInWords(asked);
  return asked.filter((scope) => {
    const words = known.find((one) => one.scope === scope);
    return words?.optional ? fields.has(scope) : true;
  });
}

/** Adds the agent's row in the API; returns whether it succeeded. */
async function isConnected(
  person: string,
  query: URLSearchParams,
  scopes: readonly string[],
): Promise<boolean> {
  const clientId = query.get("client_id") ?? "";
  const client = await findClient(clientId);
  const body = {
    name: clientName(client?.name),
    scopes: AGENT_SCOPES.filter((scope) => scopes.includes(scope)),
  };
  return askApi(person, "PUT", agentPath(clientId), { body }).then(
    () => true,
    () => false,
  );
}

async function signOut(request: Request, query: URLSearchParams): Promise<Response> {
  const told = await askAuth(request, "/sign-out", {});
  return seeOther(`${SIGN_IN}?${query.toString()}`, told.cookies);
}
