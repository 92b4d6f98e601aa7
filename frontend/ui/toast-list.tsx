"use client";

import { clsx } from "clsx";
import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";

import { Button } from "./button";
import { type Shown, stays } from "./messages";

const SHOWN_MS = 8_000;

export type ToastListProps = { messages: readonly Shown[]; onRemove: (id: number) => void };

/** The messages of `toast.tsx`. F8 moves the focus there. */
export function ToastList({ messages, onRemove }: ToastListProps) {
  return (
    <Radix.Provider swipeDirection="right">
      {messages.map(({ id, ...message }) => (
        <Radix.Root
          key={id}
          duration={stays(message) ? Number.POSITIVE_INFINITY : SHOWN_MS}
          type={message.danger ? "foreground" : "background"}
          onOpenChange={(open) => !open && onRemove(id)}
          className={clsx(
            "animate-slide flex items-center gap-2 rounded-xl bg-raised py-2 pr-2 pl-4 text-sm",
            "border shadow-float",
            message.danger ? "border-danger" : "border-line",
          )}
        >
          <Radix.Description dir="auto" className="min-w-0 grow py-1 break-words">
            {message.words}
          </Radix.Description>
          {message.action ? (
            <Radix.Action asChild altText={message.action.altText} onClick={message.action.onPress}>
              <Button look="quiet" size="small" className="text-accent">
                {message.action.label}
              </Button>
            </Radix.Action>
          ) : null}
          <Radix.Close asChild>
            <Button look="quiet" size="icon" aria-label="Dismiss">
              <X aria-hidden className="size-4" />
            </Button>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed inset-x-0 bottom-0 z-60 mx-auto grid max-h-[75dvh] max-w-md gap-2 overflow-y-auto p-3 outline-none" />
    </Radix.Provider>
  );
}
