import "server-only";

type Adapter = {
  deleteMany: (query: {
    model: string;
    where: { field: string; value: string }[];
  }) => Promise<number>;
};

const TOKENS = ["oauthAccessToken", "oauthRefreshToken"] as const;
const CONSENTS = [...TOKENS, "oauthConsent"] as const;

/** Deletes the refresh tokens that a client holds for a person; their consent stays. */
export async function deleteTokens(
  adapter: Adapter,
  userId: string,
  clientId: string,
): Promise<void> {
  await deleteFrom(adapter, TOKENS, { userId, clientId });
}

/** Deletes the refresh tokens and the consent that a person gave to one client, or to all. */
export async function deleteGrants(
  adapter: Adapter,
  userId: string,
  clientId?: string,
): Promise<void> {
  await deleteFrom(adapter, CONSENTS, { userId, ...(clientId === undefined ? {} : { clientId }) });
}

async function deleteFrom(
  adapter: Adapter,
  models: readonly string[],
  whose: Record<string, string>,
): Promise<void> {
  const where = Object.entries(whose).map(([field, value]) => ({ field, value }));
  for (const model of models) await adapter.deleteMany({ model, where });
}
