import type { ListedEvent } from "./events";
import { counted } from "./summaries";

type Fields = NonNullable<ListedEvent["after"]>;
export type FieldName = keyof Fields;

const LABELS: Record<FieldName, string> = {
  title: "Title",
  description: "Description",
  due: "Due",
  priority: "Priority",
  tags: "Tags",
  completed: "Done",
  deleted: "In the trash",
  timezone: "Time zone",
  name: "Name",
  scopes: "Rights",
  revoked: "Revoked",
};

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

/** A day, or a time of the account's zone, for people. */
function dueInWords(due: string): string {
  const day = DAY.format(new Date(`${due.slice(0, 10)}T00:00:00Z`));
  return due.length > 10 ? `${day}, ${due.slice(11, 16)}` : day;
}

/** A value of a field for people; empty if there is none. */
export function valueInWords(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "string") return "";
  return name === "due" ? dueInWords(value) : value;
}

export type Change = { label: string; before: string; after: string };

/** The fields that an event changed. A new task has those with a value, and its title is not one. */
export function changesOf({ kind, before, after = {} }: ListedEvent): Change[] {
  const names = Object.keys(after) as FieldName[];
  const changes = names.map((name) => ({
    name,
    label: LABELS[name],
    before: valueInWords(name, before?.[name]),
    after: valueInWords(name, after[name]),
  }));
  if (kind === "created") {
    const said = new Set<FieldName>(["title", "completed", "deleted", "revoked"]);
    return changes.filter((one) => !said.has(one.name) && one.after !== "");
  }
  const said =
    kind === "deleted" || kind === "restored" || (kind === "updated" && names.length === 1);
  return changes.filter(({ name }) => !(said && (name === "completed" || name === "deleted")));
}

const IN_CHANGES: Record<string, readonly FieldName[]> = { status: ["completed", "deleted"] };

/** The field names of events for a field that a conflict names. */
const namesOf = (field: string) => IN_CHANGES[field] ?? [field as FieldName];

const labelOf = (field: string) => (field === "status" ? "The status" : LABELS[field as FieldName]);

/** Why an event was not undone, a sentence for each field that others changed since. `later` has the
 * events of its task after it, newest first. */
export function conflictInWords(
  event: ListedEvent,
  fields: readonly string[],
  later: readonly ListedEvent[],
  author: (event: ListedEvent) => string,
): string[] {
  return fields.map((field) => {
    const names = namesOf(field);
    const by = later.find(
      ({ id, after }) => id > event.id && names.some((one) => after && one in after),
    );
    const changed = `${labelOf(field)} was changed since${by ? ` by ${author(by)}` : ""}`;
    const [name] = names.filter((one) => event.after && one in event.after);
    if (field === "status" || name === undefined) return `${changed}.`;
    const now = by ? valueInWords(name, by.after?.[name]) : "";
    const back = valueInWords(name, event.before?.[name]);
    const is = by ? `: it is now ${shortened(now)}` : "";
    return `${changed}${is}. Undoing would put back ${shortened(back)}.`;
  });
}

const LONGEST = 80;

/** A value within a sentence. */
function shortened(value: string): string {
  if (value === "") return "nothing";
  return value.length > LONGEST ? `“${value.slice(0, LONGEST)}…”` : `“${value}”`;
}

/** What an undo of several changes did: "12 changes were undone, 1 was left". */
export function undoneInWords(undone: number, left: number, wouldBe = false): string {
  const be = (count: number) => (wouldBe ? "would be" : count === 1 ? "was" : "were");
  const first =
    undone === 0 ? `Nothing ${be(1)} undone` : `${counted(undone, "change")} ${be(undone)} undone`;
  return left === 0 ? first : `${first}, ${counted(left, "change")} ${be(left)} left`;
}
