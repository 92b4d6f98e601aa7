import "server-only";

import { Pool } from "pg";

import type { Settings } from "./settings";

const SCHEMA = "auth";
const CONNECTIONS = 10;

let pool: Pool | undefined;

/** The connections of this process, as a role whose search_path is the schema `auth`. */
export function getPool({ databaseUrl }: Pick<Settings, "databaseUrl">): Pool {
  if (!pool) {
    pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });
    pool.on("error", (error) => console.error("An idle connection to the database ended", error));
  }
  return pool;
}

/** Throws unless tables would be made in the schema `auth`: its rights keep people and lists apart. */
export async function checkSchema(settings: Settings): Promise<void> {
  const { rows } = await getPool(settings).query<{ schema: string | null }>(
    "SELECT current_schema() AS schema",
  );
  if (rows[0]?.schema === SCHEMA) return;
  throw new Error(
    `The role in AUTH_DATABASE_URL must have the search_path ${SCHEMA}, and a schema of that name. See docs/deploying.md.`,
  );
}
