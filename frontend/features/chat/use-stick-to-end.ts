import { useCallback, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;

/** Keeps the end of the conversation in view while it grows, unless the person has scrolled up. */
export function useStickToEnd(content: unknown, growing: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [away, setAway] = useState(false);
  const toEnd = useCallback(() => {
    stuck.current = true;
    setAway(false);
    ref.current?.scrollTo({ top: ref.current.scrollHeight });
  }, []);
  useLayoutEffect(() => {
    if (stuck.current) ref.current?.scrollTo({ top: ref.current.scrollHeight });
  }, [content, growing]);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    // Markdown is rendered later, and the keyboard of a phone shrinks the view.
    const watch = new ResizeObserver(() => {
      if (stuck.current) element.scrollTo({ top: element.scrollHeight });
    });
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    return () => watch.disconnect();
  }, [content]);
  const onScroll = useCallback(() => {
    const element = ref.current;
    if (!element) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    stuck.current = left < NEAR_PX;
    setAway(left > element.clientHeight);
  }, []);
  return { scroller: ref, away, toEnd, onScroll };
}
