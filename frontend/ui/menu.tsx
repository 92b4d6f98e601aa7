"use client";

import { clsx } from "clsx";
import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";

/** A menu that opens below `trigger`, one element that can be pressed. */
export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className={clsx(
            "animate-appear z-50 min-w-44 rounded-xl border border-line bg-raised p-1",
            "text-sm shadow-float",
          )}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const ITEM = clsx(
  "flex min-h-9 items-center gap-2 rounded-lg px-2.5 outline-none select-none pointer-coarse:min-h-11",
  "data-disabled:opacity-50 data-highlighted:bg-hover",
);

type ItemProps = ComponentProps<typeof DropdownMenu.Item> & { danger?: boolean };

export function MenuItem({ danger, className, ...props }: ItemProps) {
  return (
    <DropdownMenu.Item {...props} className={clsx(ITEM, danger && "text-danger", className)} />
  );
}

export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;

type RadioProps<T extends string> = {
  label: string;
  value: T;
  choices: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
};

/** One of several, inside a menu, under a heading. */
export function MenuChoice<T extends string>({ label, value, choices, onChange }: RadioProps<T>) {
  const choose = (next: string) => {
    const chosen = choices.find(([choice]) => choice === next);
    if (chosen) onChange(chosen[0]);
  };
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={choose}>
      <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-xs text-muted">
        {label}
      </DropdownMenu.Label>
      {choices.map(([choice, words]) => (
        <DropdownMenu.RadioItem
          key={choice}
          value={choice}
          className={clsx(ITEM, "justify-between")}
        >
          {words}
          <DropdownMenu.ItemIndicator className="text-accent">✓</DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
