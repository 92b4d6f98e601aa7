"use client";

import { Popover as Radix } from "radix-ui";
import { type KeyboardEvent, type ReactNode, type RefObject, useRef } from "react";

export type PopoverWindowProps = {
  anchor: RefObject<HTMLElement | null>;
  label: string;
  align: "start" | "end";
  entry: RefObject<HTMLElement | null> | undefined;
  onEscape: (() => void) | undefined;
  onClose: () => void;
  children: ReactNode;
};

/** The content of an open popover of `popover.tsx`. */
export function PopoverWindow({
  anchor,
  label,
  align,
  entry,
  onEscape,
  onClose,
  children,
}: PopoverWindowProps) {
  const pressedOutside = useRef(false);
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Anchor virtualRef={anchor} />
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={12}
          {...(onEscape ? { onEscapeKeyDown: onEscape } : {})}
          onInteractOutside={(event) => {
            // A press on the trigger closes it by itself.
            if (anchor.current?.contains(event.target as Node)) event.preventDefault();
            else pressedOutside.current = true;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (!pressedOutside.current) (entry ?? anchor).current?.focus();
          }}
          onKeyDown={(event) => {
            if (!entry || !isEnterInField(event)) return;
            event.preventDefault();
            onClose();
          }}
          className="animate-appear z-50 rounded-xl border border-line bg-raised p-3 text-sm shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function isEnterInField({ key, target }: KeyboardEvent): boolean {
  return (
    key === "Enter" && (target instanceof HTMLInputElement || target instanceof HTMLSelectElement)
  );
}
