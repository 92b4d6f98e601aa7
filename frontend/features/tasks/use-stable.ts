import { useCallback, useEffect, useRef } from "react";

/** The same function at each render, which does what the latest one does: rows need not render anew
 * because of it. For events, not for rendering. */
export function useStable<Given extends unknown[]>(act: (...given: Given) => void) {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  return useCallback((...given: Given) => latest.current(...given), []);
}
