"use client";

import { clsx } from "clsx";
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

import { useWide } from "@/ui/use-wide";

import { CHAT_BUTTON } from "./chat-button";
import { goTo, usePlace } from "./use-place";

const ChatPanel = dynamic(() => import("./chat-panel").then((module) => module.ChatPanel), {
  ssr: false,
  loading: () => <p className="m-auto text-sm text-muted">Opening the chat …</p>,
});

/** The page with the chat beside it, or in its place where there is no room for both. */
export function ChatBeside({ children }: { children: ReactNode }) {
  const onList = usePathname() === "/";
  const named = usePlace();
  const place = onList ? named : null;
  const open = place !== null;
  const wide = useWide();
  const wasOpen = useRef(open);
  useEffect(() => {
    if (wasOpen.current && !open) document.getElementById(CHAT_BUTTON)?.focus();
    wasOpen.current = open;
  }, [open]);
  const close = () => goTo(null);
  return (
    <>
      <div inert={open && !wide} className={clsx(open && "lg:pr-104")}>
        {children}
      </div>
      {open ? (
        <div
          {...(wide ? { role: "complementary" } : { role: "dialog", "aria-modal": true })}
          aria-label="Chat"
          onKeyDown={(event) => {
            if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
            close();
          }}
          className="fixed inset-0 z-40 flex flex-col bg-canvas lg:left-auto lg:w-104 lg:border-s lg:border-line"
        >
          <ChatPanel place={place} onClose={close} />
        </div>
      ) : null}
    </>
  );
}
