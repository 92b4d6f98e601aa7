import { authClient } from "./client";
import { madeFor } from "./person-header";

/** Takes back the refresh tokens and the consent that the person gave the client. */
export async function disconnect(personId: string, clientId: string): Promise<void> {
  const { error } = await authClient.$fetch("/connections/disconnect", {
    method: "POST",
    body: { client_id: clientId },
    headers: madeFor(personId),
  });
  if (error) throw new Error("It could not be disconnected. Load the page again, then try again.");
}
