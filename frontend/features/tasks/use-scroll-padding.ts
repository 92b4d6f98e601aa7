import { type RefObject, useEffect } from "react";

const GAP_PX = 8;

/** Keeps the browser from scrolling the focused element under the bar at the top (WCAG 2.4.11). The
 * bar is `bar`, or its first child in a narrow window. */
export function useScrollPadding(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const parts = [bar.current, bar.current?.firstElementChild].filter((part) => part != null);
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      const stuck = parts.find((part) => getComputedStyle(part).position === "sticky");
      style.scrollPaddingTop = stuck ? `${stuck.clientHeight + GAP_PX}px` : "";
    });
    for (const part of parts) observer.observe(part);
    observer.observe(document.body); // its width decides which part sticks
    return () => {
      observer.disconnect();
      style.scrollPaddingTop = "";
    };
  }, [bar]);
}
