import type { ListedEvent } from "./events";

/** An event for tests. */
export const anEvent = (id: number, changed: Partial<ListedEvent> = {}): ListedEvent => ({
  id,
  subject: "task",
  subject_id: 1,
  task_id: 1,
  kind: "updated",
  actor: "agent",
  client_id: "x",
  client_name: "Claude Code",
  at: "2026-11-22T12:00:00+01:00",
  title: "Milk",
  before: { completed: false },
  after: { completed: true },
  ...changed,
});

/** An event for tests that is of no task. */
export function anEventOf(subject: "account" | "agent", changed: Partial<ListedEvent> = {}) {
  const event = anEvent(9, { subject, ...changed });
  delete event.task_id;
  return event;
}
