"use client";

import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";

type PopoverProps = {
  trigger: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Called on Escape, which closes it. */
  onEscape?: () => void;
  /** The edge of the trigger to align with. */
  align?: "start" | "end";
  /** The name for screen readers. */
  label: string;
  children: ReactNode;
};

/** A popover beside `trigger`, a single element that can be pressed. */
export function Popover({
  trigger,
  label,
  align = "start",
  onEscape,
  children,
  ...state
}: PopoverProps) {
  return (
    <Radix.Root {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={12}
          onEscapeKeyDown={onEscape}
          className="animate-appear z-50 rounded-xl border border-line bg-raised p-3 text-sm shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
