import { ApiProblem } from "@/api/problem";

import { authorOf, isOfTask, type ListedEvent } from "./events";
import { conflictInWords } from "./fields";
import { readEventsOfTask } from "./queries";

/** Why a change was not undone, in sentences for people. */
export async function whyNotUndone(event: ListedEvent, error: unknown): Promise<string[]> {
  if (!(error instanceof ApiProblem)) return ["The server cannot be reached. Nothing was undone."];
  if (error.status === 410 || error.status === 404) {
    return ["The task was deleted for good with its history, so there is nothing to put back."];
  }
  if (error.status !== 409 || error.fields.length === 0) return [error.message];
  const later = isOfTask(event) ? await readEventsOfTask(event.task_id).catch(() => []) : [];
  const name = (one: ListedEvent) => authorOf(one).replace(/^You$/, "you");
  return conflictInWords(event, error.fields, later, name);
}
