"use client";

import { clsx } from "clsx";
import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

import { Button } from "./button";
import { useHydrated } from "./use-hydrated";

type Message = {
  words: ReactNode;
  /** An action, such as Undo. `altText` describes another way to do it. */
  action?: { label: string; altText: string; onPress: () => void };
  danger?: boolean;
};

type Shown = Message & { id: number };

const SHOWN_MS = 8_000;
const SHOWN_AT_ONCE = 3;

const ToastContext = createContext<((message: Message) => void) | null>(null);

/** A problem with an action stays until the action is taken or the message is dismissed. */
const stays = ({ danger, action }: Message) => danger === true && action !== undefined;

/** Adds a message, and limits the number of temporary ones. */
function withMessage(shown: readonly Shown[], message: Message): Shown[] {
  const passing = shown.filter((one) => !stays(one));
  const pushedOut = stays(message) ? [] : passing.slice(0, 1 - SHOWN_AT_ONCE);
  const id = (shown.at(-1)?.id ?? 0) + 1;
  return [...shown.filter((one) => !pushedOut.includes(one)), { ...message, id }];
}

/** Shows temporary messages in a corner. F8 moves the focus there. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly Shown[]>([]);
  const show = useCallback((message: Message) => {
    setMessages((shown) => withMessage(shown, message));
  }, []);
  // The content security policy lets a script set its style attribute, but not the server.
  const hydrated = useHydrated();
  const remove = (id: number) => setMessages((shown) => shown.filter((one) => one.id !== id));
  return (
    <Radix.Provider swipeDirection="right">
      <ToastContext value={show}>{children}</ToastContext>
      {messages.map(({ id, ...message }) => (
        <Radix.Root
          key={id}
          duration={stays(message) ? Number.POSITIVE_INFINITY : SHOWN_MS}
          type={message.danger ? "foreground" : "background"}
          onOpenChange={(open) => !open && remove(id)}
          className={clsx(
            "animate-slide flex items-center gap-2 rounded-xl bg-raised py-2 pr-2 pl-4 text-sm",
            "border shadow-float",
            message.danger ? "border-danger" : "border-line",
          )}
        >
          <Radix.Description className="grow py-1">{message.words}</Radix.Description>
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
      {hydrated ? (
        <Radix.Viewport className="fixed inset-x-0 bottom-0 z-60 mx-auto grid max-h-[75dvh] max-w-md gap-2 overflow-y-auto p-3 outline-none" />
      ) : null}
    </Radix.Provider>
  );
}

/** Shows a message. */
export function useToast(): (message: Message) => void {
  const show = useContext(ToastContext);
  if (!show) throw new Error("useToast stands outside ToastProvider");
  return show;
}
