import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { ComponentProps } from "react";

type CheckboxProps = Omit<ComponentProps<"input">, "type" | "onChange"> & {
  onChange: (checked: boolean) => void;
};

/** A checkbox with an `aria-label`, or labelled by its `id`. It is the browser's own, because Radix
 * renders style attributes on the server, which the content security policy refuses. */
export function Checkbox({ onChange, className, ...props }: CheckboxProps) {
  return (
    <span className={clsx("relative grid size-5 shrink-0 place-items-center", className)}>
      <input
        {...props}
        type="checkbox"
        onChange={(event) => onChange(event.target.checked)}
        className={clsx(
          "peer absolute inset-0 cursor-pointer appearance-none rounded-full border-[1.5px]",
          "border-line-strong transition-colors checked:border-accent checked:bg-accent",
          "enabled:hover:border-accent disabled:cursor-default disabled:opacity-70",
        )}
      />
      <Check
        aria-hidden
        strokeWidth={3}
        className="pointer-events-none relative hidden size-3 text-on-accent peer-checked:block"
      />
    </span>
  );
}
