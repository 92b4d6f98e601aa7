import "server-only";

import { createHmac, randomUUID } from "node:crypto";

import { getPool } from "./database";
import { getSettings } from "./settings";

/** Rows that are swept with one new tally, and their age. */
const MOST_AT_ONCE = 100;
const OLD = "2 days";

// By clock_timestamp(): a statement that has waited for another's row began before that was written.
const ONE_MORE = `INSERT INTO tally AS t (id, key, count, since, until)
  VALUES ($1, $2, 1, clock_timestamp(), clock_timestamp()) ON CONFLICT (key) DO UPDATE SET`;

/** One more in a window that begins with its first; no row beyond the most. */
const TAKE = `${ONE_MORE}
  count = CASE WHEN t.since <= clock_timestamp() - make_interval(secs => $3) THEN 1 ELSE t.count + 1 END,
  since = CASE WHEN t.since <= clock_timestamp() - make_interval(secs => $3) THEN clock_timestamp() ELSE t.since END
  WHERE t.count < $4 OR t.since <= clock_timestamp() - make_interval(secs => $3)
  RETURNING count`;

/** One more failure, unless it must wait; `since` is that of the last one. */
const ATTEMPT = `${ONE_MORE}
  count = CASE WHEN t.since <= clock_timestamp() - make_interval(secs => $3) THEN 1 ELSE t.count + 1 END,
  since = clock_timestamp(),
  until = clock_timestamp() + make_interval(secs => CASE
    WHEN t.count + 1 < $4 OR t.since <= clock_timestamp() - make_interval(secs => $3) THEN 0
    ELSE least($5 * 2 ^ least(t.count + 1 - $4, 30), $6) END)
  WHERE t.until <= clock_timestamp()
  RETURNING count`;

const WAIT = `SELECT ceil(extract(epoch FROM until - now()))::int AS seconds FROM tally WHERE key = $1`;

const SWEEP = `DELETE FROM tally WHERE ctid IN (SELECT ctid FROM tally
  WHERE since < now() - interval '${OLD}' ORDER BY since LIMIT ${String(MOST_AT_ONCE)})`;

type Waits = {
  /** The failures in a row of which the last is the first to be followed by a wait. */
  free: number;
  /** Seconds to wait after the next one, doubled after each; at most `longest`. */
  first: number;
  longest: number;
  /** Seconds without a failure after which the count begins anew. */
  forgottenAfter: number;
};

/** What is counted for somebody: a hash, so that the table names nobody. */
export function tallyKey(kind: string, about: string): string {
  const key = createHmac("sha256", getSettings().secret).update("tally").digest();
  return `${kind}:${createHmac("sha256", key).update(about).digest("base64url")}`;
}

/** Counts one more, and says whether it was within `most` in `seconds`. */
export async function take(key: string, most: number, seconds: number): Promise<boolean> {
  const { rows } = await count(TAKE, [key, seconds, most]);
  return rows.length > 0;
}

/** Counts an attempt as a failure before its outcome is known, so that attempts made all at once are
 * counted too; returns the seconds to wait when it may not be made now, else 0. */
export async function attempt(key: string, waits: Waits): Promise<number> {
  const { free, first, longest, forgottenAfter } = waits;
  const { rows } = await count(ATTEMPT, [key, forgottenAfter, free, first, longest]);
  if (rows.length > 0) return 0;
  const waiting = await getPool(getSettings()).query<{ seconds: number }>(WAIT, [key]);
  return Math.max(1, waiting.rows[0]?.seconds ?? 1);
}

/** Forgets the failures, after a success. */
export async function forget(key: string): Promise<void> {
  await getPool(getSettings()).query("DELETE FROM tally WHERE key = $1", [key]);
}

/** Takes back an attempt that came to no decision. */
export async function takeBack(key: string): Promise<void> {
  const statement = "UPDATE tally SET count = greatest(count - 1, 0), until = now() WHERE key = $1";
  await getPool(getSettings()).query(statement, [key]);
}

async function count(statement: string, [key, ...values]: (string | number)[]) {
  const pool = getPool(getSettings());
  const answer = await pool.query<{ count: number }>(statement, [randomUUID(), key, ...values]);
  if (answer.rows[0]?.count === 1) await pool.query(SWEEP);
  return answer;
}
