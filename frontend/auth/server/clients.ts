import "server-only";

import { getAuth } from "./auth";

type Client = { clientId: string; name: string | null };

/** The registered client of this id; null when there is none. */
export async function findClient(clientId: string): Promise<Client | null> {
  const { adapter } = await getAuth().$context;
  return adapter.findOne<Client>({
    model: "oauthClient",
    where: [{ field: "clientId", value: clientId }],
  });
}
