/** Asks the person to show again who they are; resolves to whether they did. */
export type Ask = () => Promise<boolean>;

let ask: Ask | null = null;
let asking: Promise<boolean> | null = null;

/** Names who asks: a dialog of the page. */
export function setConfirmation(next: Ask | null): void {
  ask = next;
}

/** Has the person confirm their sign-in, once for all who need it at that time. */
export function confirmSignIn(): Promise<boolean> {
  asking ??= (ask?.() ?? Promise.resolve(false)).finally(() => (asking = null));
  return asking;
}
