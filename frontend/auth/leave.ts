import { type Reason, signInPath } from "./paths";

export type Leave = { toSignIn: (reason?: Reason) => void; toItself: () => void };

/** Where the browser goes when a page cannot go on as it is. */
export const leave: Leave = {
  toSignIn: (reason) => window.location.assign(signInPath(window.location, reason)),
  toItself: () => window.location.reload(),
};
