import { clsx } from "clsx";
import { Flag } from "lucide-react";

import type { Priority } from "./filters";

export const PRIORITY_WORDS: Record<Priority, string> = {
  high: "High",
  medium: "Medium",
  low: "Low",
};

const COLOURS: Record<Priority, string> = {
  high: "text-danger",
  medium: "text-warning",
  low: "text-muted",
};

/** A flag, with its meaning for those who do not see it. */
export function PriorityFlag({ priority, named }: { priority: Priority; named?: boolean }) {
  return (
    <span className={clsx("inline-flex items-center gap-1", COLOURS[priority])}>
      <Flag
        aria-hidden
        className={clsx("size-3.5", priority === "high" && "fill-current")}
        strokeWidth={2.25}
      />
      <span className={named ? undefined : "sr-only"}>
        {PRIORITY_WORDS[priority]}
        {named ? "" : " priority"}
      </span>
    </span>
  );
}
