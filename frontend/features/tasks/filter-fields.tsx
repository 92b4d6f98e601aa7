import { LIMITS } from "@/api/limits";
import { Field, Select } from "@/ui/field";
import { Input } from "@/ui/input";

import { DUE_WORDS } from "./filter-menu";
import { DUES, type Filters, SORTS } from "./filters";
import { PrioritySelect } from "./priority-select";

const SORT_WORDS = {
  due: "Due date",
  priority: "Priority",
  title: "Title",
  updated: "Last changed",
  created: "Oldest first",
};

type FilterFieldsProps = {
  filters: Filters;
  /** The tag that is being written, and those to propose. */
  tag: string;
  proposed: readonly string[];
  onChange: (changed: Partial<Filters>) => void;
  onTag: (typed: string) => void;
  onTagDone: () => void;
};

/** What is shown, and in which order. */
export function FilterFields({
  filters,
  tag,
  proposed,
  onChange,
  onTag,
  onTagDone,
}: FilterFieldsProps) {
  return (
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
              onChange={(event) => onTag(event.target.value)}
              onKeyDown={(event) => event.key === "Enter" && onTagDone()}
              onBlur={onTagDone}
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
  );
}
