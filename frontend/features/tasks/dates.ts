/** Days are `2026-11-23`; a task's `due` is a day, or a time such as `2026-11-23T15:00:00+01:00`
 * that is already in the account's time zone. */

const DAY_IN_MS = 86_400_000;

// Made once: making one costs more than a row of the list.
const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const WEEKDAY = utc({ weekday: "long" });
const DAY_OF_YEAR = utc({ day: "numeric", month: "short" });
const WHOLE_DAY = utc({ day: "numeric", month: "short", year: "numeric" });

function dayToUtc(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function addDays(day: string, days: number): string {
  return new Date(dayToUtc(day).getTime() + days * DAY_IN_MS).toISOString().slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return Math.round((dayToUtc(to).getTime() - dayToUtc(from).getTime()) / DAY_IN_MS);
}

/** The day and the time that a clock in the time zone shows; in UTC where this browser is older
 * than the zone. */
export function clockIn(timezone: string, now: Date): { day: string; time: string } {
  const parts = clockFormat(timezone).format(now);
  return { day: parts.slice(0, 10), time: parts.slice(11, 16) };
}

function clockFormat(timeZone: string): Intl.DateTimeFormat {
  const options = { dateStyle: "short", timeStyle: "short" } as const;
  try {
    return new Intl.DateTimeFormat("sv-SE", { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat("sv-SE", { ...options, timeZone: "UTC" });
  }
}

/** What a task is due on, in parts: `time` is empty where only a day was given. */
export function partsOfDue(due: string | undefined): { day: string; time: string } {
  return { day: due?.slice(0, 10) ?? "", time: due?.slice(11, 16) ?? "" };
}

/** As the API takes it; nothing without a day. */
export function dueOf(day: string, time: string): string | undefined {
  if (!day) return undefined;
  return time ? `${day}T${time}` : day;
}

/** The day as people name it: Today, Friday, 5 Dec, 5 Dec 2027. */
export function nameDay(day: string, today: string): string {
  const ahead = daysBetween(today, day);
  if (ahead === 0) return "Today";
  if (ahead === 1) return "Tomorrow";
  if (ahead === -1) return "Yesterday";
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  const format = ahead > 0 && ahead < 7 ? WEEKDAY : sameYear ? DAY_OF_YEAR : WHOLE_DAY;
  return format.format(dayToUtc(day));
}

export function nameDue(due: string, today: string): string {
  const { day, time } = partsOfDue(due);
  return time ? `${nameDay(day, today)}, ${time}` : nameDay(day, today);
}

/** Whether it should have been done: a day when it has passed, a time when it has come. */
export function isOverdue(due: string, clock: { day: string; time: string }): boolean {
  const { day, time } = partsOfDue(due);
  if (!time || day !== clock.day) return day < clock.day;
  return time < clock.time;
}

/** How long ago, as people say it. */
export function ago(at: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (seconds < 60) return "just now";
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), "hour");
  return format.format(-Math.floor(seconds / 86_400), "day");
}
