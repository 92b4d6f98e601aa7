import { ListFilter } from "lucide-react";
import { useRef, useState } from "react";

import { Button } from "@/ui/button";
import { Popover } from "@/ui/popover";

import type { Filters } from "./filters";
import { FilterFields } from "./later";

export const DUE_WORDS = { overdue: "Overdue", today: "Due by today", week: "Due within a week" };
type FilterMenuProps = {
  filters: Filters;
  /** Tags to propose, asked for as one is written. */
  proposeTags: () => string[];
  onChange: (changed: Partial<Filters>) => void;
};

export function FilterMenu({ filters, proposeTags, onChange }: FilterMenuProps) {
  const [tag, setTag] = useState("");
  const [proposed, setProposed] = useState<readonly string[]>([]);
  const abandoned = useRef(false);
  const applyTag = (typed: string) => {
    if (abandoned.current) return;
    const next = typed.trim().replace(/^#/, "") || null;
    if (next !== filters.tag) onChange({ tag: next });
  };
  const onOpenChange = (open: boolean) => {
    if (open) {
      abandoned.current = false;
      setTag(filters.tag ?? "");
      setProposed(proposeTags());
    } else applyTag(tag);
  };
  return (
    <Popover
      label="Filter and sort"
      align="end"
      onOpenChange={onOpenChange}
      onEscape={() => (abandoned.current = true)}
      trigger={
        <Button look="quiet" size="small">
          <ListFilter aria-hidden className="size-4" />
          Filter
        </Button>
      }
    >
      <FilterFields
        filters={filters}
        tag={tag}
        proposed={proposed}
        onChange={onChange}
        onTag={(value) => {
          const tags = proposeTags();
          setTag(value);
          setProposed(tags);
          // Chosen from the list, or emptied.
          if (!value || tags.includes(value)) applyTag(value);
        }}
        onTagDone={() => applyTag(tag)}
      />
    </Popover>
  );
}
