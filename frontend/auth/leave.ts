import { type Reason, signInPath } from "./paths";

export type Leave = { toSignIn: (reason?: Reason) => void; toItself: () => void };

/** Several calls of a page may fail for one reason. A second navigation would abort the first. */
const MS_TO_LEAVE = 5_000;

const NEVER = -MS_TO_LEAVE;
let left = NEVER;

function once(go: () => void): void {
  if (performance.now() - left < MS_TO_LEAVE) return;
  left = performance.now();
  go();
}

/** Where the browser goes when a page cannot go on as it is. */
export const leave: Leave = {
  toSignIn: (reason) => once(() => window.location.assign(signInPath(window.location, reason))),
  toItself: () => once(() => window.location.reload()),
};

/** Ends the session by `end`, and goes to `path`. Calls that fail meanwhile for want of a session lead
 * nowhere else. Rejects if `end` does. */
export async function leaveAfter(end: () => Promise<unknown>, path: string): Promise<void> {
  left = Infinity;
  try {
    await end();
  } catch (error) {
    left = NEVER;
    throw error;
  }
  left = performance.now();
  window.location.assign(path); // loaded anew, without any data of this person
}
