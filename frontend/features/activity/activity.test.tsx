// @vitest-environment jsdom
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { roomUnderTest } from "@/features/room-under-test";

import { anEvent } from "./an-event";
import { daysOf } from "./bursts";
import { BurstItem } from "./burst-item";
import { EventItem } from "./event-item";
import type { ListedEvent } from "./events";

const room = roomUnderTest();

/** Three tasks, each completed by one call of the agent. */
const SWEEP = [9, 8, 7].map((id) =>
  anEvent(id, { task_id: id, subject_id: id, title: `Task ${String(id)}`, call: 7 }),
);

const burstOf = (events: ListedEvent[]) => {
  const [burst] = daysOf(events)[0]?.bursts ?? [];
  if (!burst) throw new Error("These events are no burst.");
  return burst;
};

test("a change shows its author, its task, and the values before and after", () => {
  const changes = { before: { title: "Milk" }, after: { title: "Oat milk" } };
  room.show(<EventItem event={anEvent(9, { ...changes, title: "Oat milk" })} />);
  screen.getByText("Claude Code");
  expect(screen.getByRole("link").getAttribute("href")).toBe("/?task=1");
  const title = screen.getByText("Title").closest("div");
  expect(title?.textContent).toBe("Titlefrom Milk → to Oat milk");
});

test("a long value is cut until the person asks for all of it", async () => {
  const description = `${"word ".repeat(60)}end`;
  room.show(<EventItem event={anEvent(9, { before: {}, after: { description } })} />);
  expect(screen.queryByText(/end$/)).toBeNull();
  await room.press("Show all");
  screen.getByText(/end$/);
});

test("a change is undone by its own button, once", async () => {
  room.server.answer = ({ method }) => ({ body: method === "POST" ? { id: 1 } : {} });
  room.show(<EventItem event={anEvent(9)} />);
  await room.press("Undo: Claude Code completed “Milk”");
  await expect.poll(() => room.server.changes().length).toBe(1);
  expect(room.server.changes()[0]?.path).toBe("/api/me/events/9/undo");
  expect(room.server.changes()[0]?.key).not.toBe("");
});

test("a refused undo is explained field by field, with who changed it since", async () => {
  const later = anEvent(11, {
    client_name: "Cursor",
    before: { title: "Oat milk" },
    after: { title: "Soy milk" },
  });
  const problem = { type: "urn:surelist:conflict", detail: "Changed since.", fields: ["title"] };
  room.server.answer = ({ method }) =>
    method === "POST" ? { status: 409, body: problem } : { body: { events: [later] } };
  const changes = { before: { title: "Milk" }, after: { title: "Oat milk" } };
  room.show(<EventItem event={anEvent(9, { ...changes, title: "Soy milk" })} />);
  await room.press("Undo: Claude Code changed “Soy milk”");
  const alert = await screen.findByRole("alert");
  await within(alert).findByText(/Cursor/);
  expect(alert.textContent).toMatch(/Soy milk/);
});

test("a change that was undone has no button", () => {
  room.show(<EventItem event={anEvent(9, { undone_by: 12 })} />);
  screen.getByText(/· undone/);
  expect(screen.queryByRole("button")).toBeNull();
});

test("a sweep is one item, which is reviewed or undone as a whole", async () => {
  room.server.answer = () => ({ body: { undone: SWEEP, left: [] } });
  room.show(<BurstItem burst={burstOf(SWEEP)} partial={false} />);
  expect(screen.queryAllByRole("listitem")).toHaveLength(0);
  await room.press("Review: Claude Code completed 3 tasks");
  expect(screen.getAllByRole("listitem")).toHaveLength(3);
  await room.press("Undo all: Claude Code completed 3 tasks");
  await screen.findByText(/^3 changes/);
  expect(room.server.changes()).toMatchObject([
    { path: "/api/me/undo", body: { client_id: "x", first: 7, last: 9, dry_run: false } },
  ]);
});

test("a sweep of which a filter hides a part is not undone unseen", () => {
  room.show(<BurstItem burst={burstOf(SWEEP)} partial />);
  expect(screen.queryByRole("button", { name: /^Undo all/ })).toBeNull();
});

test("a long sweep shows 50 changes at first", () => {
  const many = Array.from({ length: 120 }, (_, at) =>
    anEvent(200 - at, { task_id: at + 1, subject_id: at + 1, call: 81 }),
  );
  room.show(<BurstItem burst={burstOf(many)} partial={false} />);
  fireEvent.click(screen.getByRole("button", { name: /^Review/ }));
  expect(screen.getAllByRole("listitem")).toHaveLength(51);
  fireEvent.click(screen.getByRole("button", { name: "Show more of this group" }));
  expect(screen.getAllByRole("listitem")).toHaveLength(101);
});
