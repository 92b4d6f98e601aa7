import { useSyncExternalStore } from "react";

const WIDE = "(min-width: 64rem)"; // Tailwind's breakpoint lg

function listen(changed: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether the window has room for two columns; true until it is known. */
export function useWide(): boolean {
  return useSyncExternalStore(
    listen,
    () => window.matchMedia(WIDE).matches,
    () => true,
  );
}
