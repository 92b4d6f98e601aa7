import { useEffect, useRef } from "react";

/** What the keyboard does on the list. */
export const SHORTCUTS = [
  { keys: ["n"], does: "add" },
  { keys: ["c"], does: "chat" },
  { keys: ["/"], does: "search" },
  { keys: ["j", "ArrowDown"], does: "next" },
  { keys: ["k", "ArrowUp"], does: "previous" },
  { keys: ["x"], does: "complete" },
  { keys: ["e", "Enter"], does: "edit" },
  { keys: ["#", "Delete"], does: "delete" },
  { keys: ["u"], does: "undo" },
  { keys: ["1"], does: "pending" },
  { keys: ["2"], does: "completed" },
  { keys: ["3"], does: "all" },
  { keys: ["4"], does: "deleted" },
  { keys: ["Escape"], does: "leave" },
  { keys: ["?"], does: "help" },
] as const;

export type Shortcut = (typeof SHORTCUTS)[number]["does"];

/** What goes on while its key is held down. */
const HELD = new Set<Shortcut>(["next", "previous"]);

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat">;

/** What a key press means, where `inside` is the element it goes to. */
export function shortcutOf(press: Press, inside: Element | null): Shortcut | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (inside?.closest("input, textarea, select, [role=dialog], [role=menu], [role=complementary]"))
    return null;
  // A control that is focused does what Enter does there.
  if (press.key === "Enter" && inside?.closest("button, a")) return null;
  const does = SHORTCUTS.find(({ keys }) => keys.some((key) => key === press.key))?.does;
  return does && (!press.repeat || HELD.has(does)) ? does : null;
}

/** Listens while the component is shown and there is something to run. */
export function useShortcuts(run: ((shortcut: Shortcut) => void) | null): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const run = latest.current;
      if (!run || event.defaultPrevented || document.querySelector("[role=dialog]")) return;
      const shortcut = shortcutOf(event, event.target instanceof Element ? event.target : null);
      if (!shortcut) return;
      event.preventDefault();
      run(shortcut);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
