"use client";

import { clsx } from "clsx";
import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useState,
  useSyncExternalStore,
} from "react";

import { Button } from "./button";

type Message = {
  words: ReactNode;
  /** One thing to do about it, such as Undo. `altText` says how else it can be done. */
  action?: { label: string; altText: string; onPress: () => void };
  danger?: boolean;
};

const SECONDS_SHOWN = 8;
const SHOWN_AT_ONCE = 3;

const neverChanges = () => () => undefined;

const ToastContext = createContext<((message: Message) => void) | null>(null);

/** Shows messages in a corner for a while; F8 goes there by keyboard. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<(Message & { id: number })[]>([]);
  const show = useCallback((message: Message) => {
    setMessages((shown) => [
      ...shown.slice(1 - SHOWN_AT_ONCE),
      { ...message, id: (shown.at(-1)?.id ?? 0) + 1 },
    ]);
  }, []);
  // Its style attribute may be set by script, and not be in what the server sends (see the CSP).
  const hydrated = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
  const remove = (id: number) => setMessages((shown) => shown.filter((one) => one.id !== id));
  return (
    <Radix.Provider duration={SECONDS_SHOWN * 1000} swipeDirection="right">
      <ToastContext value={show}>{children}</ToastContext>
      {messages.map(({ id, words, action, danger }) => (
        <Radix.Root
          key={id}
          type={danger ? "foreground" : "background"}
          onOpenChange={(open) => !open && remove(id)}
          className={clsx(
            "animate-slide flex items-center gap-2 rounded-xl bg-raised py-2 pr-2 pl-4 text-sm",
            "border shadow-float",
            danger ? "border-danger" : "border-line",
          )}
        >
          <Radix.Description className="grow py-1">{words}</Radix.Description>
          {action ? (
            <Radix.Action asChild altText={action.altText} onClick={action.onPress}>
              <Button look="quiet" size="small" className="text-accent">
                {action.label}
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
        <Radix.Viewport className="fixed inset-x-3 bottom-3 z-50 mx-auto grid max-w-md gap-2 outline-none" />
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
