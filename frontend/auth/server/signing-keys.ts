import "server-only";

import { parseEnvelope, symmetricDecrypt, symmetricEncrypt } from "better-auth/crypto";

import { getAuth } from "./auth";

type SigningKey = { id: string; privateKey: string; expiresAt: Date | null };

/** Sees to it that the keys in the database can be used with the secret of now: Better Auth encrypts
 * a key once, with the secret of that time. One that no known secret opens signs nothing any more,
 * and a new one is made when it is needed; what it has signed is believed as long as it lasts. */
export async function renewSigningKeys(): Promise<void> {
  const { adapter, secretConfig } = await getAuth().$context;
  const { currentVersion } = secretConfig as Exclude<typeof secretConfig, string>;
  for (const { id, privateKey, expiresAt } of await adapter.findMany<SigningKey>({
    model: "jwks",
  })) {
    const kept = JSON.parse(privateKey) as string;
    if (expiresAt || parseEnvelope(kept)?.version === currentVersion) continue;
    const update = await symmetricDecrypt({ key: secretConfig, data: kept }).then(
      async (data) => ({
        privateKey: JSON.stringify(await symmetricEncrypt({ key: secretConfig, data })),
      }),
      () => ({ expiresAt: new Date() }),
    );
    await adapter.update({ model: "jwks", where: [{ field: "id", value: id }], update });
  }
}
