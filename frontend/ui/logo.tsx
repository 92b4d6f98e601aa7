import { Check } from "lucide-react";

/** The mark with the name, or only the mark in a narrow window. */
export function Logo({ short = false }: { short?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <span className="grid size-6 place-items-center rounded-md bg-accent text-on-accent">
        <Check aria-hidden strokeWidth={3.5} className="size-4" />
      </span>
      <span className={short ? "max-[22.5rem]:sr-only" : undefined}>Surelist</span>
    </span>
  );
}
