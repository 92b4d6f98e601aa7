import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { Client } from "pg";

import { product } from "./product";

/** Sets the start of the person's sessions to an hour ago, so that a test need not wait. */
export async function signedInLongAgo(userId: string): Promise<void> {
  const aged = `"createdAt" = "createdAt" - interval '1 hour'`;
  const clear = `"confirmedAt" = NULL`;
  await askPeople(`UPDATE session SET ${aged}, ${clear} WHERE "userId" = $1`, [userId]);
}

/** Revokes every agent of the person. The API allows only 60 of these calls in a minute. */
export async function revokeAll(userId: string): Promise<void> {
  await ask("public", "UPDATE agent SET revoked_at = now() WHERE user_id = $1", [userId]);
}

/** Deletes the client's rows, like the restore of a backup from before its registration. */
export async function forgetClient(clientId: string): Promise<void> {
  for (const table of ["oauthAccessToken", "oauthRefreshToken", "oauthConsent", "oauthClient"]) {
    await askPeople(`DELETE FROM "${table}" WHERE "clientId" = $1`, [clientId]);
  }
  await ask("public", "DELETE FROM agent WHERE client_id = $1", [clientId]);
}

/** Narrows the client's refresh tokens like an earlier version did. */
export async function narrowTokens(clientId: string, scopes: string[]): Promise<void> {
  const narrow = `UPDATE "oauthRefreshToken" SET scopes = $2::jsonb WHERE "clientId" = $1`;
  await askPeople(narrow, [clientId, JSON.stringify(scopes)]);
}

/** Holds the creation of people until that many sign-ups wait for it, so that they run
 * concurrently. */
export async function createdTogether<T>(count: number, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: ownersUrl("auth") });
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE "user" IN SHARE MODE');
    const done = work();
    const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    while ((await askPeople(waiting)).length < count) await setTimeout(50);
    await client.query("COMMIT");
    return await done;
  } finally {
    await client.end();
  }
}

/** The rows of a statement on Better Auth's tables in the product's embedded database. */
export function askPeople<Row extends object>(
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return ask<Row>("auth", statement, values);
}

async function ask<Row extends object>(
  schema: string,
  statement: string,
  values: unknown[],
): Promise<Row[]> {
  const client = new Client({ connectionString: ownersUrl(schema) });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** The superuser's address of the product's embedded database, with that schema. */
export function ownersUrl(schema: string): string {
  const data = product.data;
  const sockets = readFileSync(join(data, "postgres/postmaster.pid"), "utf8").split("\n")[4] ?? "";
  const { postgres } = JSON.parse(readFileSync(join(data, "roles.json"), "utf8")) as {
    postgres: string;
  };
  const query = new URLSearchParams({
    host: sockets,
    port: "5432",
    options: `-c search_path=${schema}`,
  });
  // A database address encodes a space as %20, not as +.
  return `postgresql://postgres:${postgres}@/surelist?${query.toString().replaceAll("+", "%20")}`;
}
