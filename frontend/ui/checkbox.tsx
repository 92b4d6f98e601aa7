"use client";

import { clsx } from "clsx";
import { Check } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import type { ComponentProps } from "react";

type CheckboxProps = Omit<ComponentProps<typeof Radix.Root>, "onCheckedChange" | "onChange"> & {
  onChange: (checked: boolean) => void;
};

/** A tick; with an `aria-label`, or labelled by its `id`. */
export function Checkbox({ onChange, className, ...props }: CheckboxProps) {
  return (
    <Radix.Root
      {...props}
      onCheckedChange={(checked) => onChange(checked === true)}
      className={clsx(
        "grid size-5 shrink-0 place-items-center rounded-full border-[1.5px] border-line-strong",
        "transition-colors hover:border-accent",
        "data-[state=checked]:border-accent data-[state=checked]:bg-accent",
        className,
      )}
    >
      <Radix.Indicator>
        <Check aria-hidden strokeWidth={3} className="size-3 text-on-accent" />
      </Radix.Indicator>
    </Radix.Root>
  );
}
