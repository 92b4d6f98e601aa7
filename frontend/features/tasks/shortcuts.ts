import { useEffect, useRef } from "react";

/** What the keyboard does on the list. */
export const SHORTCUTS = [
  { keys: ["n"], does: "add", words: "Add a task" },
  { keys: ["c"], does: "chat", words: "Open or close the chat" },
  { keys: ["/"], does: "search", words: "Search" },
  { keys: ["j", "ArrowDown"], does: "next", words: "Next task" },
  { keys: ["k", "ArrowUp"], does: "previous", words: "Previous task" },
  { keys: ["x"], does: "complete", words: "Complete or reopen it; restore it from the trash" },
  { keys: ["e", "Enter"], does: "edit", words: "Open it" },
  { keys: ["#", "Delete"], does: "delete", words: "Move it to the trash; in the trash, for good" },
  { keys: ["u"], does: "undo", words: "Undo what you did last" },
  { keys: ["1"], does: "pending", words: "Open tasks" },
  { keys: ["2"], does: "completed", words: "Completed tasks" },
  { keys: ["3"], does: "all", words: "Both" },
  { keys: ["4"], does: "deleted", words: "The trash" },
  { keys: ["Escape"], does: "leave", words: "Close the task; what you wrote stays" },
  { keys: ["?"], does: "help", words: "These keys" },
] as const;

export type Shortcut = (typeof SHORTCUTS)[number]["does"];

/** How a key is written for people. */
export function nameOfKey(key: string): string {
  return { ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" }[key] ?? key;
}

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
