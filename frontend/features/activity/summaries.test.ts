import { expect, test } from "vitest";

import { anEvent, anEventOf } from "./an-event";
import { deedOf, sentenceOf, summaryOf } from "./summaries";
import { saidOf } from "./words";

const deleted = (id: number) =>
  anEvent(id, { kind: "deleted", before: { deleted: false }, after: { deleted: true } });

test("an event says who did what", () => {
  expect(saidOf(anEvent(1))).toBe("Claude Code completed");
  expect(saidOf(anEvent(1, { after: { completed: false } }))).toBe("Claude Code reopened");
  expect(saidOf(anEvent(1, { after: { completed: true, title: "New" } }))).toBe(
    "Claude Code changed",
  );
  expect(saidOf(deleted(1))).toBe("Claude Code deleted");
  expect(saidOf(anEvent(1, { kind: "undone" }))).toBe("Claude Code undid a change of");
  expect(saidOf(anEvent(1, { client_name: "\u202eedualC" }))).toBe("edualC completed");
});

test("a burst is summed up in one sentence", () => {
  const events = [...[1, 2, 3, 4].map((id) => anEvent(id)), ...[5, 6].map(deleted)];
  expect(sentenceOf(events)).toBe("Claude Code completed 4 and deleted 2 tasks");
  expect(sentenceOf([anEvent(1)])).toBe("Claude Code completed “Milk”");
  expect(summaryOf([anEvent(1), anEvent(2)])).toBe("completed 2 tasks");
  expect(summaryOf([anEvent(1), deleted(2)])).toBe("completed 1 and deleted 1 task");
  expect(summaryOf([1, 2].map((id) => anEvent(id, { kind: "undone" })))).toBe("undid 2 changes");
  const zone = anEventOf("account", { after: { timezone: "Asia/Tokyo" } });
  expect(summaryOf([anEvent(1), zone])).toBe(
    "completed 1 task and made 1 change of agents and the account",
  );
});

test("a change names its task as it is called now, and one that is gone as such", () => {
  const nameless = anEvent(1);
  delete nameless.title;
  expect(deedOf(nameless)).toBe("completed a task that is gone");
  expect(deedOf({ ...nameless, after: { title: "Then" } })).toBe("changed “Then”");
});

test("a change of an agent or the account is said as such", () => {
  const agent = anEventOf("agent", { title: "Cursor", kind: "created" });
  expect(deedOf(agent)).toBe("connected the agent Cursor");
  expect(deedOf({ ...agent, subject: "account", kind: "updated" })).toBe("changed the time zone");
});
