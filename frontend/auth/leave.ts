import { type Reason, signInPath } from "./paths";

export type Leave = { toSignIn: (reason?: Reason) => void; toItself: () => void };

/** Several calls of a page may fail for one reason. A second navigation would abort the first. */
const MS_TO_LEAVE = 5_000;

let left = -MS_TO_LEAVE;

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
