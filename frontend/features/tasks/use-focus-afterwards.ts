import { useEffect, useRef } from "react";

import { useStable } from "./use-stable";

/** Returns the focus to the row of a task whose panel was closed, unless the focus is elsewhere. */
export function useFocusAfterwards(open: number | null, focusOn: (id: number) => void): void {
  const before = useRef(open);
  const focus = useStable(focusOn);
  useEffect(() => {
    const closed = open === null ? before.current : null;
    before.current = open;
    if (closed !== null && document.activeElement === document.body) focus(closed);
  }, [open, focus]);
}
