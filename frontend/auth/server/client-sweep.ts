import "server-only";

import { getPool } from "./database";
import { getSettings } from "./settings";

/** Rows that one registration deletes at most. */
const MOST_AT_ONCE = 100;

/** Clients that nobody has consented to, all together: a day of one address's registrations, and by
 * the bounds of a registration at most 80 MB. */
const MOST_UNCONSENTED = 5000;

const NEVER_CONSENTED = `c."consentedAt" IS NULL
  AND NOT EXISTS (SELECT FROM "oauthConsent" o WHERE o."clientId" = c."clientId")
  AND NOT EXISTS (SELECT FROM "oauthRefreshToken" r WHERE r."clientId" = c."clientId")`;

/** Deletes clients to which nobody has ever consented: those that registered more than a day ago, and
 * the oldest beyond the number that is kept. */
const SWEEP = `DELETE FROM "oauthClient" WHERE id IN (
  SELECT id FROM (
    SELECT c.id, c."createdAt", row_number() OVER (ORDER BY c."createdAt" DESC, c.id) AS place
    FROM "oauthClient" c WHERE ${NEVER_CONSENTED}
  ) AS known
  WHERE place > $1 OR "createdAt" < now() - interval '1 day'
  ORDER BY "createdAt" LIMIT $2
)`;

/** Notes of each client that has a consent now that it is kept: those of before there was a note. */
const KEEP = `UPDATE "oauthClient" AS c SET "consentedAt" = now() WHERE c."consentedAt" IS NULL
  AND EXISTS (SELECT FROM "oauthConsent" o WHERE o."clientId" = c."clientId")`;

/** Sweeps at most MOST_AT_ONCE clients that nobody has ever consented to. */
export async function sweepClients(): Promise<void> {
  await getPool(getSettings())
    .query(SWEEP, [MOST_UNCONSENTED, MOST_AT_ONCE])
    .catch((error: unknown) => console.error("Clients could not be swept", error));
}

/** Has every client be kept that somebody has let in, also with an earlier version. */
export async function keepConsented(): Promise<void> {
  await getPool(getSettings()).query(KEEP);
}

/** Notes that somebody has let the client in: it is kept from then on, so that it can be connected
 * again after it was disconnected. */
export async function noteConsent(clientId: string | null): Promise<void> {
  await getPool(getSettings()).query(
    `UPDATE "oauthClient" SET "consentedAt" = now() WHERE "clientId" = $1 AND "consentedAt" IS NULL`,
    [clientId],
  );
}
