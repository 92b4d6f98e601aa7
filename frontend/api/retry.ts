import { onlineManager } from "@tanstack/react-query";

import { ApiProblem } from "./problem";

const FIRST_WAIT_MS = 500;
const TRIES = 4;
/** A list that is full, or has used its changes of the day, names a day: the person is told now. */
const LONGEST_WAIT_MS = 10_000;

/** Whether the same call may be sent again: it did not arrive, or the server asked to come back. When
 * the API is away, the proxy in front of it answers with 500. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError; // what fetch rejects with when the network fails
}

/** Options of a mutation whose call is sent again while the network or the server is away. A call that
 * must not be made twice needs an idempotency key in the variables. */
export const resent = {
  retry: (failures: number, error: Error) =>
    mayPass(error) &&
    (!onlineManager.isOnline() ||
      (failures < TRIES - 1 && waitAfter(failures, error) <= LONGEST_WAIT_MS)),
  retryDelay: (failures: number, error: Error) =>
    Math.min(waitAfter(failures, error), LONGEST_WAIT_MS),
};

/** The server's Retry-After, else a time that doubles; in milliseconds. */
function waitAfter(failures: number, error: Error): number {
  const told = error instanceof ApiProblem ? error.retryAfter : null;
  return told === null ? FIRST_WAIT_MS * 2 ** failures : told * 1000;
}
