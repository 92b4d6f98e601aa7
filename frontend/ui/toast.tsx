"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

import { later, usePreloaded } from "./later";
import { type Message, type Shown, withMessage } from "./messages";
import type { ToastListProps } from "./toast-list";

const ToastList = later<ToastListProps>(() =>
  import("./toast-list").then((loaded) => loaded.ToastList),
);

type Toasts = { show: (message: Message) => void; dismiss: (event: number) => void };

const ToastContext = createContext<Toasts | null>(null);

/** Shows temporary messages in a corner. Their code is not part of a page's first load. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly Shown[] | null>(null);
  const show = useCallback((message: Message) => {
    setMessages((shown) => withMessage(shown ?? [], message));
  }, []);
  const remove = useCallback((id: number) => {
    setMessages((shown) => shown && shown.filter((one) => one.id !== id));
  }, []);
  const dismiss = useCallback((event: number) => {
    setMessages((shown) => shown && shown.filter((one) => one.event !== event));
  }, []);
  const toasts = useMemo(() => ({ show, dismiss }), [show, dismiss]);
  usePreloaded(ToastList);
  return (
    <>
      <ToastContext value={toasts}>{children}</ToastContext>
      {messages ? <ToastList messages={messages} onRemove={remove} /> : null}
    </>
  );
}

/** Shows a message. */
export function useToast(): Toasts["show"] {
  return useToasts().show;
}

/** Shows messages, and removes those that offer to undo a change. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastContext);
  if (!toasts) throw new Error("useToasts stands outside ToastProvider");
  return toasts;
}
