import { clientName } from "@/auth/server/client-name";

import { authorOf, isOfTask, type ListedEvent } from "./events";
import { didOf, quoted, VERBS } from "./words";

/** What was done, without its author: `completed “Milk”`, "changed the time zone". */
export function deedOf(event: ListedEvent): string {
  if (event.subject === "account") {
    return event.kind === "undone" ? "undid a change of the time zone" : "changed the time zone";
  }
  const named = event.title ?? event.after?.title ?? event.before?.title;
  if (isOfTask(event)) {
    return `${didOf(event)} ${named === undefined ? "a task that is gone" : quoted(named)}`;
  }
  const agent = clientName(named ?? event.after?.name ?? event.subject_key);
  const words = { ...VERBS, created: "connected", deleted: "revoked", restored: "connected again" };
  return `${words[event.kind]} the agent ${agent}`;
}

/** The verbs of a summary, in its order. */
const ORDER = [
  "added",
  "changed",
  "completed",
  "reopened",
  "deleted",
  "restored",
  "deleted for good",
];

/** Several changes in one sentence, without their author: "completed 4 and deleted 8 tasks". */
export function summaryOf(events: readonly ListedEvent[]): string {
  const [only] = events;
  if (events.length === 1 && only) return deedOf(only);
  const undone = events.filter(({ kind }) => kind === "undone").length;
  const ofTasks = events.filter((event) => isOfTask(event) && event.kind !== "undone").map(didOf);
  const others = events.length - undone - ofTasks.length;
  const counts = ORDER.map((verb) => [verb, ofTasks.filter((one) => one === verb).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verb, count]) => `${verb} ${count}`);
  const last = counts.pop();
  const parts: string[] = [];
  if (last !== undefined) {
    const noun = last.endsWith(" 1") ? "task" : "tasks";
    parts.push(`${inWords([...counts, last])} ${noun}`);
  }
  if (undone > 0) parts.push(`undid ${counted(undone, "change")}`);
  if (others > 0) parts.push(`made ${counted(others, "change")} of agents and the account`);
  return inWords(parts);
}

/** "1 change", "2 changes". */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "a", "a and b", "a, b and c". */
export function inWords(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

/** The same with its author: "You completed “Milk”". */
export const sentenceOf = (events: readonly ListedEvent[]) =>
  events[0] ? `${authorOf(events[0])} ${summaryOf(events)}` : "";
