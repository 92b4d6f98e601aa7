import { type Reason, signInPath } from "./paths";

export type Leave = { toSignIn: (reason?: Reason) => void; toItself: () => void };

/** Several calls of a page may fail for one reason. A second navigation would abort the first. */
const MS_TO_LEAVE = 5_000;

let left = -MS_TO_LEAVE;

/** While the page itself ends the session, calls that miss it lead nowhere: the reason is kept. */
export const held: { now: boolean; reason?: Reason | undefined } = { now: false };

/** Goes, unless the page is about to be left. */
export function once(go: () => void): void {
  if (performance.now() - left < MS_TO_LEAVE) return;
  left = performance.now();
  go();
}

/** Where the browser goes when a page cannot go on as it is. */
export const leave: Leave = {
  toSignIn: (reason) => {
    if (held.now && reason !== "recent") held.reason = reason;
    else once(() => window.location.assign(signInPath(window.location, reason)));
  },
  toItself: () => once(() => window.location.reload()),
};
