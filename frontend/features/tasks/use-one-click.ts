import { useEffect } from "react";

const CONTROL = "button, a, input, select, textarea, label, [role]";

/** Stops the second click of a double click if the page has moved another control under the pointer
 * meanwhile. A double click acts on one thing. */
export function useOneClick(): void {
  useEffect(() => {
    let first: Element | null = null;
    const listen = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const control = target?.closest(CONTROL) ?? target;
      if (event.detail <= 1) first = control;
      else if (control !== first) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    document.addEventListener("click", listen, true);
    return () => document.removeEventListener("click", listen, true);
  }, []);
}
