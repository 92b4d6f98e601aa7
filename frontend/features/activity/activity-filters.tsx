import type { Agent } from "@/features/connect/queries";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Select } from "@/ui/field";
import { Input } from "@/ui/input";

import { ACTORS, type Filters, isFiltered, KINDS } from "./filters";

const KIND_WORDS: Record<(typeof KINDS)[number], string> = {
  created: "Added",
  updated: "Changed or completed",
  deleted: "Deleted",
  restored: "Restored",
  purged: "Deleted for good",
  undone: "Undone",
};
const ACTOR_WORDS: Record<(typeof ACTORS)[number], string> = {
  person: "You",
  assistant: "The assistant",
  agent: "Any agent",
  system: "Surelist",
};

type ActivityFiltersProps = {
  filters: Filters;
  agents: readonly Agent[];
  today: string;
  onChange: (changed: Partial<Filters>) => void;
};

/** Which changes are shown: by author, kind, day and task. */
export function ActivityFilters({ filters, agents, today, onChange }: ActivityFiltersProps) {
  const { agent, actor, kind, day, task, since } = filters;
  const author = agent === null ? (actor === null ? "" : `actor ${actor}`) : `agent ${agent}`;
  const known = agent === null || agents.some(({ client_id }) => client_id === agent);
  const choose = (value: string) => {
    const chosen = ACTORS.find((one) => value === `actor ${one}`) ?? null;
    onChange({ actor: chosen, agent: value.startsWith("agent ") ? value.slice(6) : null });
  };
  return (
    <div className="grid gap-2">
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-3">
        <Select
          aria-label="Author"
          className="col-span-2 sm:col-span-1"
          value={author}
          onChange={(event) => choose(event.target.value)}
        >
          <option value="">Everybody</option>
          {ACTORS.map((one) => (
            <option key={one} value={`actor ${one}`}>
              {ACTOR_WORDS[one]}
            </option>
          ))}
          {agents.map(({ client_id, name }) => (
            <option key={client_id} value={`agent ${client_id}`}>
              {name}
            </option>
          ))}
          {known ? null : <option value={author}>{agent}</option>}
        </Select>
        <Select
          aria-label="Kind of change"
          value={kind ?? ""}
          onChange={(event) =>
            onChange({ kind: KINDS.find((one) => one === event.target.value) ?? null })
          }
        >
          <option value="">All changes</option>
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {KIND_WORDS[one]}
            </option>
          ))}
        </Select>
        <Input
          type="date"
          aria-label="Day"
          max={today}
          value={day ?? ""}
          onChange={(event) => onChange({ day: event.target.value || null, since: null })}
        />
      </div>
      {isFiltered(filters) ? (
        <div className="flex flex-wrap items-center gap-1.5">
          {task === null ? null : (
            <Chip onRemove={() => onChange({ task: null })}>Task {task}</Chip>
          )}
          {since === null ? null : (
            <Chip onRemove={() => onChange({ since: null })}>
              Since {since.slice(11, 16)}, {since.slice(0, 10)}
            </Chip>
          )}
          <Button
            size="small"
            look="quiet"
            onClick={() =>
              onChange({ actor: null, agent: null, task: null, kind: null, day: null, since: null })
            }
          >
            Show everything
          </Button>
        </div>
      ) : null}
    </div>
  );
}
