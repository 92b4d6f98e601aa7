import { ListFilter, Search, X } from "lucide-react";
import { type ReactNode, type Ref, useEffect, useState } from "react";

import { Button } from "@/ui/button";
import { Field, Input, Select } from "@/ui/field";
import { Popover } from "@/ui/popover";

import { DUES, type Filters, SORTS, VIEWS } from "./filters";
import { PRIORITY_WORDS, PrioritySelect } from "./priorities";

const VIEW_WORDS = { pending: "Open", completed: "Done", all: "All", deleted: "Trash" };
const DUE_WORDS = { overdue: "Overdue", today: "Due by today", week: "Due within a week" };
const SORT_WORDS = {
  due: "Due date",
  priority: "Priority",
  title: "Title",
  updated: "Last changed",
  created: "Oldest first",
};

type FilterBarProps = {
  filters: Filters;
  /** Tags to propose. */
  tags: readonly string[];
  onChange: (changed: Partial<Filters>) => void;
  searchRef: Ref<HTMLInputElement>;
};

/** Which tasks are shown, and in which order. */
export function FilterBar({ filters, tags, onChange, searchRef }: FilterBarProps) {
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <nav aria-label="Lists" className="flex rounded-lg bg-sunken p-0.5">
          {VIEWS.map((view) => (
            <button
              key={view}
              type="button"
              aria-current={filters.view === view ? "page" : undefined}
              onClick={() => onChange({ view })}
              className="h-7 rounded-md px-3 text-sm text-muted hover:text-text aria-[current]:bg-raised aria-[current]:font-medium aria-[current]:text-text aria-[current]:shadow-sm pointer-coarse:h-10"
            >
              {VIEW_WORDS[view]}
            </button>
          ))}
        </nav>
        <div className="flex min-w-0 flex-1 basis-56 items-center gap-1">
          <SearchField
            search={filters.search}
            onChange={(search) => onChange({ search })}
            fieldRef={searchRef}
          />
          <FilterMenu filters={filters} tags={tags} onChange={onChange} />
        </div>
      </div>
      <ActiveFilters filters={filters} onChange={onChange} />
    </div>
  );
}

const MS_BEFORE_SEARCHING = 180;

type SearchFieldProps = {
  search: string;
  onChange: (search: string) => void;
  fieldRef: Ref<HTMLInputElement>;
};

function SearchField({ search, onChange, fieldRef }: SearchFieldProps) {
  const [typed, setTyped] = useState(search);
  const [known, setKnown] = useState(search);
  if (search !== known) {
    // Changed elsewhere, or by this field a moment ago.
    setKnown(search);
    if (search !== typed.trim()) setTyped(search);
  }
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => onChange(typed.trim()), MS_BEFORE_SEARCHING);
    return () => clearTimeout(timer);
  }, [typed, search, onChange]);
  return (
    <div className="relative min-w-0 flex-1">
      <Search
        aria-hidden
        className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
      />
      <Input
        ref={fieldRef}
        type="search"
        aria-label="Search"
        aria-keyshortcuts="/"
        placeholder="Search"
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setTyped("");
          event.currentTarget.blur();
        }}
        className="h-8! pl-8! pointer-coarse:h-11!"
      />
    </div>
  );
}

function FilterMenu({ filters, tags, onChange }: Omit<FilterBarProps, "searchRef">) {
  return (
    <Popover
      label="Filter and sort"
      align="end"
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
                maxLength={50}
                defaultValue={filters.tag ?? ""}
                onChange={(event) => onChange({ tag: event.target.value.trim() || null })}
              />
              <datalist id={`${wiring.id}-tags`}>
                {tags.map((tag) => (
                  <option key={tag} value={tag} />
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

function ActiveFilters({ filters, onChange }: Pick<FilterBarProps, "filters" | "onChange">) {
  const { due, priority, tag } = filters;
  if (!due && !priority && !tag) return null;
  return (
    <div className="flex flex-wrap gap-1.5">
      {due ? <Chip onRemove={() => onChange({ due: null })}>{DUE_WORDS[due]}</Chip> : null}
      {priority ? (
        <Chip onRemove={() => onChange({ priority: null })}>
          {PRIORITY_WORDS[priority]} priority
        </Chip>
      ) : null}
      {tag ? <Chip onRemove={() => onChange({ tag: null })}>#{tag}</Chip> : null}
    </div>
  );
}

function Chip({ children, onRemove }: { children: ReactNode; onRemove: () => void }) {
  return (
    <button
      type="button"
      onClick={onRemove}
      className="inline-flex h-7 items-center gap-1.5 rounded-full bg-accent-soft px-2.5 text-sm hover:bg-hover pointer-coarse:h-11"
    >
      <span className="sr-only">Stop filtering by </span>
      {children}
      <X aria-hidden className="size-3.5" />
    </button>
  );
}
