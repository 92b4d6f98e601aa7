import { clsx } from "clsx";
import { Flag } from "lucide-react";

import { Select } from "@/ui/field";

import { PRIORITIES, type Priority } from "./filters";

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

type PrioritySelectProps = {
  value: Priority | "";
  none: string;
  onChange: (value: Priority | "") => void;
  id?: string;
};

export function PrioritySelect({ value, none, onChange, id }: PrioritySelectProps) {
  return (
    <Select
      {...(id ? { id } : { "aria-label": "Priority" })}
      value={value}
      onChange={(event) =>
        onChange(PRIORITIES.find((priority) => priority === event.target.value) ?? "")
      }
    >
      <option value="">{none}</option>
      {PRIORITIES.map((priority) => (
        <option key={priority} value={priority}>
          {PRIORITY_WORDS[priority]}
        </option>
      ))}
    </Select>
  );
}
