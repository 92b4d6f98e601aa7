import { clsx } from "clsx";
import { cloneElement, type ComponentProps, isValidElement } from "react";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line-strong bg-surface hover:bg-hover",
  quiet: "text-muted hover:bg-hover hover:text-text",
  danger: "bg-danger text-on-danger hover:bg-danger-hover",
};

const SIZES = {
  small: "h-8 gap-1.5 px-2.5 text-sm pointer-coarse:h-11",
  normal: "h-10 gap-2 px-4 text-sm pointer-coarse:h-11",
  icon: "size-8 justify-center pointer-coarse:size-11",
};

type ButtonProps = ComponentProps<"button"> & {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  /** Styles the only child, such as a link, as a button. */
  asChild?: boolean;
  /** Disables the button during its action, and announces it to screen readers. */
  busy?: boolean;
};

/** A button. A button with only an icon needs an `aria-label`. */
export function Button({
  look = "secondary",
  size = "normal",
  asChild = false,
  busy = false,
  className,
  disabled,
  ...props
}: ButtonProps) {
  const classes = clsx(
    "inline-flex shrink-0 items-center justify-center rounded-lg font-medium whitespace-nowrap",
    "transition-colors disabled:opacity-55",
    LOOKS[look],
    SIZES[size],
    className,
  );
  if (asChild && isValidElement<{ className?: string }>(props.children)) {
    return cloneElement(props.children, {
      className: clsx(classes, props.children.props.className),
    });
  }
  return (
    <button
      type="button"
      {...props}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={classes}
    />
  );
}
