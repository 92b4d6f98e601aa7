import "server-only";

import { createHash, timingSafeEqual } from "node:crypto";

import { getCurrentAdapter } from "@better-auth/core/context";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import type { GenericEndpointContext } from "better-auth";
import { APIError } from "better-auth/api";

import { getAuth } from "./auth";
import { getSettings, type Settings } from "./settings";

/** The user of `surelist token local`. */
const LOCAL = "local";

const TURN = "first-person";

type Adapter = Pick<DBAdapter, "create" | "delete" | "deleteMany" | "findMany">;

/** Gives the first person who signs up the id `local`, and so the list that agents have used with
 * `surelist token local` (specs/auth.md). A hook of Better Auth's that runs before a user is created,
 * inside that transaction. Throws APIError for a code that is not right: nothing is created then. */
export function firstPersonIsLocal({ firstPerson }: Settings) {
  const code = firstPerson?.code;
  return async (_user: object, context: GenericEndpointContext | null) => {
    const typed = typedCode(context);
    if (typed !== null && !(code && isSame(typed, code))) throw wrongCode();
    if (!context || (typed === null && code !== null)) return;
    if (await isFirst(await getCurrentAdapter(context.context.adapter))) {
      return { data: { id: LOCAL } };
    }
    if (typed !== null) throw wrongCode();
  };
}

/** Whether the form for signing up asks for the code: while nobody has signed up, where it is needed. */
export async function asksForCode(): Promise<boolean> {
  if (!getSettings().firstPerson?.code) return false;
  return !(await anybodyIn((await getAuth().$context).adapter));
}

/** Of several who sign up at once, the others wait here until one has, and then are not the first. */
async function isFirst(adapter: Adapter): Promise<boolean> {
  if (await anybodyIn(adapter)) return false;
  await waitForTurn(adapter);
  if (await anybodyIn(adapter)) return false;
  await forgetVerifications(adapter);
  return true;
}

async function anybodyIn(adapter: Adapter): Promise<boolean> {
  return (await adapter.findMany({ model: "user", limit: 1 })).length > 0;
}

/** Waits for other transactions that are here: while one of them has written this key, PostgreSQL lets
 * no other insert it. Nobody ever sees the row. */
async function waitForTurn(adapter: Adapter): Promise<void> {
  const row = { id: TURN, identifier: TURN, value: "", expiresAt: new Date(0) };
  await adapter.create({ model: "verification", data: row, forceAllowId: true });
  await adapter.delete({ model: "verification", where: [{ field: "id", value: TURN }] });
}

/** Forgets what was sent to a person who was `local` before and has erased the account: links for a
 * new password, and codes for agents. Everything else of theirs refers to the user, and went along. */
async function forgetVerifications(adapter: Adapter): Promise<void> {
  await adapter.deleteMany({
    model: "verification",
    where: [
      { field: "value", value: LOCAL, connector: "OR" },
      { field: "value", operator: "contains", value: `"${LOCAL}"`, connector: "OR" },
    ],
  });
}

function typedCode(context: GenericEndpointContext | null): string | null {
  const body = context?.body as { code?: unknown } | undefined;
  return typeof body?.code === "string" ? body.code : null;
}

/** In constant time. Case, spaces and hyphens do not matter. */
function isSame(typed: string, code: string): boolean {
  const digest = (text: string) =>
    createHash("sha256").update(text.replaceAll(/[\s-]/g, "").toUpperCase()).digest();
  return timingSafeEqual(digest(typed), digest(code));
}

/** 400: where mail can be sent, Better Auth turns 403 into the answer for an address that is known. */
function wrongCode(): APIError {
  return new APIError("BAD_REQUEST", {
    code: "WRONG_FIRST_PERSON_CODE",
    message: "That is not the code, or somebody has signed up before. No account was made.",
  });
}
