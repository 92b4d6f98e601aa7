import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";

import { BOX } from "./input";

/** A multi-line input that grows with its content. */
export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea {...props} className={clsx(BOX, "field-sizing-content min-h-20 py-2", className)} />
  );
}

/** The browser's own select. */
export function Select({ className, ...props }: ComponentProps<"select">) {
  return <select {...props} className={clsx(BOX, "h-10 pointer-coarse:h-11", className)} />;
}

type Wiring = { id: string; "aria-describedby"?: string; "aria-invalid"?: true };

type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  className?: string;
  /** Renders the control with the attributes that link it to label, hint and error. */
  children: (wiring: Wiring) => ReactNode;
};

/** A control with a label, and a hint or an error. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const told = error ?? hint;
  const wiring: Wiring = {
    id,
    ...(told ? { "aria-describedby": `${id}-told` } : {}),
    ...(error ? { "aria-invalid": true as const } : {}),
  };
  return (
    <div className={clsx("grid gap-1.5", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children(wiring)}
      <p
        id={`${id}-told`}
        role={error ? "alert" : undefined}
        className={clsx("text-sm empty:hidden", error ? "text-danger" : "text-muted")}
      >
        {told}
      </p>
    </div>
  );
}
