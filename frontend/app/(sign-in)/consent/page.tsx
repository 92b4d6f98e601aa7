import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";

import { isTooOld, resumeAfter } from "@/auth/paths";
import { clientName } from "@/auth/server/client-name";
import { findClient } from "@/auth/server/clients";
import { getSession } from "@/auth/server/session";
import { ConsentForm } from "@/features/consent/consent-form";
import { destinationOf } from "@/features/consent/redirect";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "Connect an agent" };

/** Better Auth sends the browser here with the signed authorization request as the query. */
export default async function ConsentPage({ searchParams }: { searchParams: Query }) {
  const query = await readQuery(searchParams);
  const oauthQuery = query.toString();
  const session = await getSession();
  if (!session) redirect(`/sign-in?${oauthQuery}`);
  const clientId = query.get("client_id") ?? "";
  const client = await findClient(clientId);
  if (!query.has("sig")) redirect("/sign-in-error?error=invalid_request");
  if (!client) redirect("/sign-in-error?error=invalid_client");
  if (isTooOld(query)) redirect(resumeAfter(query) as Route);
  return (
    <ConsentForm
      asked={{ personId: session.user.id, clientId, name: clientName(client.name), oauthQuery }}
      destination={destinationOf(query.get("redirect_uri") ?? "")}
      scopes={(query.get("scope") ?? "").split(" ").filter(Boolean)}
      email={session.user.email}
      signInPath={`/sign-in?${oauthQuery}`}
    />
  );
}
