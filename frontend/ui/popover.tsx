"use client";

import {
  cloneElement,
  type ReactElement,
  type ReactNode,
  type Ref,
  type RefObject,
  useRef,
  useState,
} from "react";

import { later, usePreloaded } from "./later";
import type { PopoverWindowProps } from "./popover-window";

const PopoverWindow = later<PopoverWindowProps>(() =>
  import("./popover-window").then((loaded) => loaded.PopoverWindow),
);

type TriggerProps = {
  ref?: Ref<HTMLElement>;
  onClick?: () => void;
  "aria-haspopup"?: "dialog";
  "aria-expanded"?: boolean;
};

type PopoverProps = {
  trigger: ReactElement<TriggerProps>;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Called on Escape, which closes it. */
  onEscape?: () => void;
  /** The edge of the trigger to align with. */
  align?: "start" | "end";
  /** The name for screen readers. */
  label: string;
  /** What gets the focus when Enter in a field or Escape closes it, if not the trigger. */
  entry?: RefObject<HTMLElement | null>;
  children: ReactNode;
};

/** A popover beside `trigger`, a single element that can be pressed. Its code is not part of a page's
 * first load. */
export function Popover({
  trigger,
  open: wanted,
  onOpenChange,
  onEscape,
  align = "start",
  label,
  entry,
  children,
}: PopoverProps) {
  const [own, setOwn] = useState(false);
  const open = wanted ?? own;
  const anchor = useRef<HTMLElement>(null);
  usePreloaded(PopoverWindow);
  const change = (next: boolean) => {
    setOwn(next);
    onOpenChange?.(next);
  };
  return (
    <>
      {cloneElement(trigger, {
        ref: anchor,
        onClick: () => change(!open),
        "aria-haspopup": "dialog",
        "aria-expanded": open,
      })}
      {open ? (
        <PopoverWindow
          anchor={anchor}
          label={label}
          align={align}
          entry={entry}
          onEscape={onEscape}
          onClose={() => change(false)}
        >
          {children}
        </PopoverWindow>
      ) : null}
    </>
  );
}
