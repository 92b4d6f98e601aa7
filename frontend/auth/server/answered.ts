import "server-only";

import { createHash } from "node:crypto";

import { getAuth } from "./auth";

const SECONDS_KEPT = 600; // longer than a consent request is valid

const idOf = (signature: string) =>
  `consent-answered:${createHash("sha256").update(signature).digest("base64url")}`;

/** Whether the consent request with this signature has been answered. */
export async function isAnswered(signature: string): Promise<boolean> {
  const { internalAdapter } = await getAuth().$context;
  return (await internalAdapter.findVerificationValue(idOf(signature))) !== null;
}

/** Notes that it has been answered, so that a page that is opened again cannot answer it twice. */
export async function noteAnswered(signature: string): Promise<void> {
  const { internalAdapter } = await getAuth().$context;
  await internalAdapter.createVerificationValue({
    identifier: idOf(signature),
    value: "answered",
    expiresAt: new Date(Date.now() + SECONDS_KEPT * 1000),
  });
}
