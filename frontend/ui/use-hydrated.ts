import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Whether the page runs in the browser by now. What sets styles of its own waits for that: the
 * content security policy stops those that the server writes down. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
