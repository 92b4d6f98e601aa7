import { clsx } from "clsx";
import type { ComponentProps } from "react";

export const BOX = clsx(
  "w-full rounded-lg border border-line-strong bg-surface px-3 text-base placeholder:text-muted",
  "aria-invalid:border-danger disabled:opacity-55 sm:text-sm",
);

/** A single-line input. Outside of a `Field`, it needs an `aria-label`. */
export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input {...props} className={clsx(BOX, "h-10 pointer-coarse:h-11", className)} />;
}
