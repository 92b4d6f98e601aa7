import { X } from "lucide-react";
import type { ReactNode } from "react";

/** A filter that is set, as a button that removes it. */
export function Chip({ children, onRemove }: { children: ReactNode; onRemove: () => void }) {
  return (
    <button
      type="button"
      onClick={onRemove}
      className="inline-flex h-7 max-w-full items-center gap-1.5 rounded-full bg-accent-soft px-2.5 text-sm hover:bg-hover pointer-coarse:h-11"
    >
      <span className="sr-only">Stop filtering by </span>
      {children}
      <X aria-hidden className="size-3.5" />
    </button>
  );
}
