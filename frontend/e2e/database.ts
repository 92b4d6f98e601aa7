import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { Client } from "pg";

import { product } from "./product";

/** Lets every session of the person be of an hour ago: nobody waits for that in a test. */
export async function signedInLongAgo(userId: string): Promise<void> {
  const aged = `"createdAt" = "createdAt" - interval '1 hour'`;
  const clear = `"confirmedAt" = NULL`;
  await askPeople(`UPDATE session SET ${aged}, ${clear} WHERE "userId" = $1`, [userId]);
}

/** Revokes every agent of the person: by the API that is 60 a minute. */
export async function revokeAll(userId: string): Promise<void> {
  await ask("public", "UPDATE agent SET revoked_at = now() WHERE user_id = $1", [userId]);
}

/** Takes out what a backup from before the client registered does not hold. */
export async function forgetClient(clientId: string): Promise<void> {
  for (const table of ["oauthAccessToken", "oauthRefreshToken", "oauthConsent", "oauthClient"]) {
    await askPeople(`DELETE FROM "${table}" WHERE "clientId" = $1`, [clientId]);
  }
  await ask("public", "DELETE FROM agent WHERE client_id = $1", [clientId]);
}

/** Narrows the refresh tokens of the client as an earlier version did. */
export async function narrowTokens(clientId: string, scopes: string[]): Promise<void> {
  const narrow = `UPDATE "oauthRefreshToken" SET scopes = $2::jsonb WHERE "clientId" = $1`;
  await askPeople(narrow, [clientId, JSON.stringify(scopes)]);
}

/** Lets nobody be created until so many wait for that: who is first is then decided for all at once. */
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

/** What a statement returns from Better Auth's tables in the embedded database of the product. */
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

/** The address of the embedded database of the product for its superuser, in that schema. */
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
  // A space is %20 in the query of a database's address.
  return `postgresql://postgres:${postgres}@/surelist?${query.toString().replaceAll("+", "%20")}`;
}
