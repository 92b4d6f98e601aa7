import { Select } from "@/ui/field";

import { PRIORITIES, type Priority } from "./filters";
import { PRIORITY_WORDS } from "./priorities";

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
