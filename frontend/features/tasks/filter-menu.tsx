import { ListFilter } from "lucide-react";
import { useRef, useState } from "react";

import { LIMITS } from "@/api/limits";
import { Button } from "@/ui/button";
import { Field, Input, Select } from "@/ui/field";
import { Popover } from "@/ui/popover";

import { DUES, type Filters, SORTS } from "./filters";
import { PrioritySelect } from "./priorities";

export const DUE_WORDS = { overdue: "Overdue", today: "Due by today", week: "Due within a week" };
const SORT_WORDS = {
  due: "Due date",
  priority: "Priority",
  title: "Title",
  updated: "Last changed",
  created: "Oldest first",
};

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
      <div className="grid w-60 gap-3">
        <Field label="Due">
          {(wiring) => (
            <Select
              {...wiring}
              value={filters.due ?? ""}
              onChange={(event) =>
                onChange({ due: DUES.find((due) => due === event.target.value) ?? null })
              }
            >
              <option value="">Any time</option>
              {DUES.map((due) => (
                <option key={due} value={due}>
                  {DUE_WORDS[due]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Priority">
          {({ id }) => (
            <PrioritySelect
              id={id}
              value={filters.priority ?? ""}
              none="Any"
              onChange={(priority) => onChange({ priority: priority || null })}
            />
          )}
        </Field>
        <Field label="Tag">
          {(wiring) => (
            <>
              <Input
                {...wiring}
                list={`${wiring.id}-tags`}
                maxLength={LIMITS.tag}
                dir="auto"
                value={tag}
                onChange={({ target: { value } }) => {
                  const tags = proposeTags();
                  setTag(value);
                  setProposed(tags);
                  // Chosen from the list, or emptied.
                  if (!value || tags.includes(value)) applyTag(value);
                }}
                onKeyDown={(event) => event.key === "Enter" && applyTag(tag)}
                onBlur={() => applyTag(tag)}
              />
              <datalist id={`${wiring.id}-tags`}>
                {proposed.map((one) => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label="Sort by">
          {(wiring) => (
            <Select
              {...wiring}
              value={filters.sort}
              onChange={(event) =>
                onChange({ sort: SORTS.find((sort) => sort === event.target.value) ?? "due" })
              }
            >
              {SORTS.map((sort) => (
                <option key={sort} value={sort}>
                  {SORT_WORDS[sort]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </Popover>
  );
}
