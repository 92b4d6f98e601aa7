import { idIn } from "@/ui/address";

export const KINDS = ["created", "updated", "deleted", "restored", "purged", "undone"] as const;
export const ACTORS = ["person", "assistant", "agent", "system"] as const;

export type Filters = {
  actor: (typeof ACTORS)[number] | null;
  /** The client id of an agent. */
  agent: string | null;
  task: number | null;
  kind: (typeof KINDS)[number] | null;
  /** A day of the account's time zone: `2026-11-23`. */
  day: string | null;
  /** A time with its offset, from which changes are shown. */
  since: string | null;
};

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/;

function matching(value: string | null, pattern: RegExp): string | null {
  return value !== null && pattern.test(value) && !Number.isNaN(Date.parse(value)) ? value : null;
}

/** The filters of an address. A wrong filter is as none. */
export function filtersOf(query: URLSearchParams): Filters {
  const agent = query.get("agent");
  return {
    actor: ACTORS.find((one) => one === query.get("actor")) ?? null,
    agent: agent !== null && agent.length > 0 && agent.length <= 100 ? agent : null,
    task: idIn(query.get("task")),
    kind: KINDS.find((one) => one === query.get("kind")) ?? null,
    day: matching(query.get("day"), DAY),
    since: matching(query.get("since"), TIME),
  };
}

/** The address of the activity with these filters. */
export function activityAddress(filters: Partial<Filters>): `/activity?${string}` | "/activity" {
  const query = new URLSearchParams();
  for (const name of ["actor", "agent", "task", "kind", "day", "since"] as const) {
    const value = filters[name];
    if (value !== null && value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `/activity?${query.toString()}` : "/activity";
}

export const isFiltered = (filters: Filters) =>
  Object.values(filters).some((value) => value !== null);

/** Whether a burst may have changes that the filters hide. */
export const hidesParts = ({ task, kind }: Filters) => task !== null || kind !== null;

/** The time that a clock in the time zone shows at this moment, as if it were UTC. */
function shownIn(timezone: string, moment: number): number {
  const options = { dateStyle: "short", timeStyle: "medium" } as const;
  const clock = new Intl.DateTimeFormat("sv-SE", { ...options, timeZone: timezone });
  return Date.parse(`${clock.format(moment).replace(" ", "T")}Z`);
}

/** The moment at which a clock in the time zone shows `2026-11-23T10:30`, in UTC. */
export function momentIn(timezone: string, clock: string): string {
  const wanted = Date.parse(`${clock}Z`);
  let moment = wanted;
  for (let turn = 0; turn < 2; turn += 1) moment += wanted - shownIn(timezone, moment);
  return new Date(moment).toISOString();
}

/** The day in the time zone. */
export const todayIn = (timezone: string, now = Date.now()) =>
  new Date(shownIn(timezone, now)).toISOString().slice(0, 10);

/** The day that many days later. */
export const nextDay = (day: string, days = 1) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The query of GET events. */
export function queryOf(filters: Filters, timezone: string) {
  const { actor, agent, task, kind, day, since } = filters;
  const from = since ?? (day && momentIn(timezone, `${day}T00:00`));
  return {
    ...(actor ? { actor } : {}),
    ...(agent ? { client_id: agent } : {}),
    ...(task ? { task_id: task } : {}),
    ...(kind ? { kind } : {}),
    ...(from ? { since: from } : {}),
    ...(day ? { until: momentIn(timezone, `${nextDay(day)}T00:00`) } : {}),
  };
}
