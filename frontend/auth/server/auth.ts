import "server-only";

import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";

import { checkSchema } from "./database";
import { authOptions } from "./options";
import { getSettings } from "./settings";

const make = () => betterAuth(authOptions(getSettings()));

let made: ReturnType<typeof make> | undefined;

/** Better Auth of this process; made when first asked for, since a build has no settings. */
export function getAuth(): ReturnType<typeof make> {
  return (made ??= make());
}

/** Brings the tables in schema `auth` to what this version needs. */
export async function migrate(): Promise<void> {
  await checkSchema(getSettings());
  const { runMigrations } = await getMigrations(authOptions(getSettings()));
  await runMigrations();
}
