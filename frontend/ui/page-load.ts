import { newKey } from "./new-key";

/** Names this load of the page in the browser's storage, so that two tabs never overwrite each other. */
export const PAGE_LOAD = newKey();

const lockOf = (load: string) => `surelist.load.${load}`;

/** Only secure origins have locks. */
const locks = () => (navigator as Partial<Navigator>).locks;

// Released by the browser when the page is gone.
if (typeof window !== "undefined") {
  void locks()?.request(lockOf(PAGE_LOAD), () => new Promise(() => undefined));
}

/** Calls `then` when that load of the page is gone; at once where the browser cannot tell. Rejects if
 * `signal` aborts before. */
export async function whenLoadIsGone(
  load: string,
  then: () => void,
  signal: AbortSignal,
): Promise<void> {
  const known = locks();
  if (known) await known.request(lockOf(load), { signal }, then);
  else then();
}
