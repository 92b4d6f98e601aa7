import { held, leave, once } from "./leave";

/** Ends the session by `end`, and goes to `path`. Calls that meanwhile fail for want of a session do not
 * lead to the sign-in page, unless `end` fails too. Rejects if it does. */
export async function leaveAfter(end: () => Promise<unknown>, path: string): Promise<void> {
  Object.assign(held, { now: true, reason: undefined });
  try {
    await end();
    once(() => window.location.assign(path)); // loaded anew, without any data of this person
  } catch (error) {
    held.now = false;
    if (held.reason) leave.toSignIn(held.reason);
    throw error;
  }
  held.now = false;
}
