"use client";

import { clsx } from "clsx";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { Button } from "./button";

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  wide?: boolean;
  /** Closes only by its own buttons, because its content would be lost. */
  lasting?: boolean;
  children: ReactNode;
};

/** What had the focus before the first dialog of a row of them, such as a form and its result. */
let home: HTMLElement | null = null;

/** The first field has the focus, except where an on-screen keyboard would cover the dialog. */
function takeFocus(event: Event) {
  const dialog = event.currentTarget as HTMLElement;
  const before = document.activeElement;
  if (before instanceof HTMLElement && before !== document.body && !isInDialog(before)) {
    home = before;
  }
  if (window.matchMedia("(pointer: coarse)").matches) return;
  const field = dialog.querySelector<HTMLElement>("input:not([hidden]), select, textarea");
  if (!field) return;
  event.preventDefault();
  field.focus();
}

/** Returns the focus, unless something else has taken it. */
function returnFocus(event: Event) {
  event.preventDefault();
  const now = document.activeElement;
  if (isInDialog(now)) return;
  if (now === document.body && home?.isConnected) home.focus();
  home = null;
}

const isInDialog = (element: Element | null) => element?.closest("[data-dialog]") != null;

/** The dialog of `dialog.tsx`. */
export function DialogWindow({
  open,
  onOpenChange,
  title,
  description,
  wide,
  lasting = false,
  children,
}: DialogProps) {
  const stay = (event: Event) => lasting && event.preventDefault();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="animate-appear fixed inset-0 z-50 bg-shade" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          data-dialog=""
          onOpenAutoFocus={takeFocus}
          onCloseAutoFocus={returnFocus}
          onEscapeKeyDown={stay}
          onInteractOutside={stay}
          className={clsx(
            "animate-slide fixed inset-x-3 bottom-3 z-50 mx-auto max-h-[85dvh] overflow-y-auto",
            "rounded-2xl border border-line bg-raised p-5 shadow-float sm:top-[12vh] sm:bottom-auto",
            wide ? "max-w-2xl" : "max-w-md",
          )}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            {lasting ? null : (
              <Radix.Close asChild>
                <Button look="quiet" size="icon" aria-label="Close" className="-mt-1 -mr-2">
                  <X aria-hidden className="size-4" />
                </Button>
              </Radix.Close>
            )}
          </div>
          {description ? (
            <Radix.Description className="mb-4 text-sm text-muted">{description}</Radix.Description>
          ) : null}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
