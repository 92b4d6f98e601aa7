import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Whether the page is hydrated. Elements with style attributes wait for it, because the content
 * security policy refuses style attributes from the server. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
