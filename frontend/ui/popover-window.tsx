"use client";

import { Popover as Radix } from "radix-ui";
import { type ReactNode, type RefObject, useRef } from "react";

export type PopoverWindowProps = {
  anchor: RefObject<HTMLElement | null>;
  label: string;
  align: "start" | "end";
  onEscape: (() => void) | undefined;
  onClose: () => void;
  children: ReactNode;
};

/** The content of an open popover of `popover.tsx`. */
export function PopoverWindow({
  anchor,
  label,
  align,
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
            if (!pressedOutside.current) anchor.current?.focus();
          }}
          className="animate-appear z-50 rounded-xl border border-line bg-raised p-3 text-sm shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
