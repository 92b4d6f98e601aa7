import { useSyncExternalStore } from "react";

const WIDE = "(min-width: 64rem)"; // Tailwind's lg

function listen(changed: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether two things fit beside each other in the window; taken for so until that is known. */
export function useWide(): boolean {
  return useSyncExternalStore(
    listen,
    () => window.matchMedia(WIDE).matches,
    () => true,
  );
}
