import "server-only";

import type { PostgresPool, PostgresPoolClient } from "kysely";
import { Pool } from "pg";

import type { Settings } from "./settings";

const SCHEMA = "auth";

/** A PostgreSQL that does not answer is an error after this time. */
const TIMEOUT_MS = 10_000;
const LIMITS = { max: 10, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS };

let pool: Pool | undefined;

/** The connections of this process, as a role whose search_path is the schema `auth`. */
export function getPool({ databaseUrl }: Pick<Settings, "databaseUrl">): Pool {
  if (!pool) {
    pool = new Pool({ connectionString: databaseUrl, ...LIMITS });
    pool.on("error", (error) => console.error("An idle connection to the database ended", error));
  }
  return pool;
}

/** The same connections for Kysely. Like `pool.query`, it uses none again on which a query has failed:
 * the answer to one that was given up may still arrive. */
export function getKyselyPool(settings: Settings): PostgresPool {
  const connections = getPool(settings);
  const connect = async () => {
    const client = await connections.connect();
    let failed = false;
    const query = (sql: string, values: readonly unknown[]) =>
      client.query(sql, [...values]).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    return {
      query: query as unknown as PostgresPoolClient["query"], // no cursors are used
      release: (destroy = false) => client.release(destroy || failed),
    };
  };
  return { connect, end: () => connections.end(), options: connections.options };
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
