import type { Ref } from "react";

import { Chip } from "@/ui/chip";

import { DUE_WORDS, FilterMenu } from "./filter-menu";
import { type Filters, VIEWS } from "./filters";
import { PRIORITY_WORDS } from "./priorities";
import { SearchField } from "./search-field";

const VIEW_WORDS = { pending: "Open", completed: "Done", all: "All", deleted: "Trash" };

type FilterBarProps = {
  filters: Filters;
  /** Tags to propose, asked for as one is written. */
  proposeTags: () => string[];
  onChange: (changed: Partial<Filters>) => void;
  searchRef: Ref<HTMLInputElement>;
};

/** Which tasks are shown, and in which order. */
export function FilterBar({ filters, proposeTags, onChange, searchRef }: FilterBarProps) {
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
        <div className="flex min-w-0 flex-1 basis-56 lg:basis-36 items-center gap-1">
          <SearchField
            search={filters.search}
            onChange={(search) => onChange({ search })}
            fieldRef={searchRef}
          />
          <FilterMenu filters={filters} proposeTags={proposeTags} onChange={onChange} />
        </div>
      </div>
      <ActiveFilters filters={filters} onChange={onChange} />
    </div>
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
      {tag ? (
        <Chip onRemove={() => onChange({ tag: null })}>
          <span className="truncate">
            #<bdi>{tag}</bdi>
          </span>
        </Chip>
      ) : null}
    </div>
  );
}
