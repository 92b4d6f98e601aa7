import { Check } from "lucide-react";

/** The mark and the name. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <span className="grid size-6 place-items-center rounded-md bg-accent text-on-accent">
        <Check aria-hidden strokeWidth={3.5} className="size-4" />
      </span>
      Surelist
    </span>
  );
}
