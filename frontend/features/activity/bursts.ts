import type { ListedEvent } from "./events";

const LONGEST_PAUSE_MS = 120_000;

/** Changes that one author made in one go, newest first. There is at least one. */
export type Burst = { newest: ListedEvent; oldest: ListedEvent; events: readonly ListedEvent[] };
export type Day = { day: string; bursts: readonly Burst[] };

/** The day of an event in the account's time zone, in which its time is given. */
export const dayOf = ({ at }: Pick<ListedEvent, "at">) => at.slice(0, 10);

/** The minute of an event in the account's time zone. */
export const timeOf = ({ at }: Pick<ListedEvent, "at">) => at.slice(11, 16);

function belongTogether(newer: ListedEvent, older: ListedEvent): boolean {
  if (newer.call !== undefined && newer.call === older.call) return true;
  return (
    newer.client_id === older.client_id &&
    newer.actor === older.actor &&
    newer.conversation_id === older.conversation_id &&
    (newer.kind === "undone") === (older.kind === "undone") &&
    dayOf(newer) === dayOf(older) &&
    Date.parse(newer.at) - Date.parse(older.at) <= LONGEST_PAUSE_MS
  );
}

/** Groups events, newest first, by call and by author. */
export function burstsOf(events: readonly ListedEvent[]): Burst[] {
  const bursts: { newest: ListedEvent; oldest: ListedEvent; events: ListedEvent[] }[] = [];
  for (const event of events) {
    const current = bursts.at(-1);
    if (current && belongTogether(current.oldest, event)) {
      current.events.push(event);
      current.oldest = event;
    } else {
      bursts.push({ newest: event, oldest: event, events: [event] });
    }
  }
  return bursts;
}

/** Groups events, newest first, by day, and within a day by call and by author. */
export function daysOf(events: readonly ListedEvent[]): Day[] {
  const days: { day: string; bursts: Burst[] }[] = [];
  for (const burst of burstsOf(events)) {
    const day = dayOf(burst.newest);
    const current = days.at(-1);
    if (current?.day === day) current.bursts.push(burst);
    else days.push({ day, bursts: [burst] });
  }
  return days;
}

const LONG_DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });
const DAY_MS = 86_400_000;

/** "Today", "Yesterday", "Monday, 23 November 2026". */
export function dayInWords(day: string, today: string): string {
  const ago = Math.round((Date.parse(today) - Date.parse(day)) / DAY_MS);
  if (ago === 0) return "Today";
  return ago === 1 ? "Yesterday" : LONG_DAY.format(new Date(`${day}T00:00:00Z`));
}
