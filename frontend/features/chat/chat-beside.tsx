"use client";

import { clsx } from "clsx";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";

import { useOpenTask } from "@/features/tasks/task-address";
import { Button } from "@/ui/button";
import { useWide } from "@/ui/use-wide";

import type { Place } from "./address";
import { CHAT_BUTTON } from "./chat-button";
import type { ChatPanel } from "./chat-panel";
import { goTo, usePlace } from "./use-place";

type Panel = typeof ChatPanel;

/** The page with the chat beside it, or covered by the chat in a narrow window. */
export function ChatBeside({ children }: { children: ReactNode }) {
  const onList = usePathname() === "/";
  const named = usePlace();
  const place = onList ? named : null;
  const open = place !== null;
  const task = useOpenTask() !== null && onList;
  const beside = open || task;
  const wide = useWide();
  useFocusAfterwards(open);
  const close = () => goTo(null);
  return (
    <>
      <div
        inert={beside && !wide}
        data-beside={beside || undefined}
        className={clsx(beside && "lg:pr-104")}
      >
        {children}
      </div>
      {open ? (
        <div
          inert={task} // the open task covers it
          {...(wide ? { role: "complementary" } : { role: "dialog", "aria-modal": true })}
          aria-label="Chat"
          onKeyDown={(event) => {
            if (event.key === "Escape" && !event.nativeEvent.isComposing) close();
          }}
          className="fixed inset-0 z-40 flex flex-col bg-canvas lg:left-auto lg:w-104 lg:border-s lg:border-line"
        >
          <LoadedPanel place={place} onClose={close} />
        </div>
      ) : null}
    </>
  );
}

/** Returns the focus to the element that had it before the chat opened, else to the chat button. */
function useFocusAfterwards(open: boolean): void {
  useEffect(() => {
    if (!open) return;
    const before = document.activeElement;
    return () => {
      const there = before !== document.body && before instanceof HTMLElement && before.isConnected;
      const target = there ? before : document.getElementById(CHAT_BUTTON);
      target?.focus({ preventScroll: true }); // keeps the list's scroll position
    };
  }, [open]);
}

/** The panel's content, whose code is loaded when it is first opened. */
function LoadedPanel(props: { place: Place; onClose: () => void }) {
  const [Panel, setPanel] = useState<Panel | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (failed) return;
    import("./chat-panel").then(
      (loaded) => setPanel(() => loaded.ChatPanel),
      () => setFailed(true),
    );
  }, [failed]);
  if (Panel) return <Panel {...props} />;
  return (
    <div className="m-auto grid justify-items-center gap-3 p-6 text-center text-sm">
      {failed ? (
        <>
          <p role="alert">The chat could not be loaded.</p>
          <Button size="small" onClick={() => setFailed(false)}>
            Try again
          </Button>
        </>
      ) : (
        <p className="text-muted">Opening the chat …</p>
      )}
      <Button size="small" look="quiet" onClick={props.onClose}>
        Close
      </Button>
    </div>
  );
}
