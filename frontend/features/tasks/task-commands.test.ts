// @vitest-environment jsdom
import { expect, test, vi } from "vitest";

import type { Call } from "@/api/answering-server";
import {
  add,
  bread,
  commandsUnderTest,
  complete,
  edit,
  milk,
  problem,
} from "./commands-under-test";
import { exampleTask } from "./example-task";
import { keepDraft, keptDraft, textAt } from "./kept-drafts";

const all = commandsUnderTest();
const { page, make, changes, find, kept, told, press } = all;

test("a call that does not arrive is sent again with the same key", async () => {
  all.answers(null, problem(500), { status: 201, body: milk });
  await make(add("Milk"));
  expect(changes()).toHaveLength(3);
  expect(new Set(changes().map(({ key }) => key)).size).toBe(1);
  expect(all.waited).toEqual([500, 1000]);
  expect(kept()).toEqual([]);
});

test("it waits as long as the server says, and not for long", async () => {
  all.answers(
    problem(503, undefined, 7),
    { status: 201, body: milk },
    problem(429, undefined, 86_400),
  );
  await make(add("Milk"));
  expect(all.waited).toEqual([7000]);
  await make(add("Bread"));
  expect(changes()).toHaveLength(3);
  expect(told().at(-1)).toContain("“Bread” was not added. No.");
});

test("commands on one task follow each other, each upon the version that the last one made", async () => {
  const sent: Call[] = [];
  all.server.answer = async (call) => {
    sent.push(call);
    await new Promise((done) => setTimeout(done, call.path.includes("/1/") ? 20 : 0));
    const id = Number(/tasks\/(\d+)/.exec(call.path)?.[1]);
    return { body: exampleTask({ id, version: Number(call.version) + 10 }) };
  };
  const first = make(complete(milk));
  const second = make(complete(milk, false));
  await Promise.all([first, second, make(complete(bread))]);
  const versions = (id: number) =>
    sent.filter(({ path }) => path.includes(`/${String(id)}/`)).map(({ version }) => version);
  expect(versions(1)).toEqual(["3", "13"]);
  expect(versions(2)).toEqual(["3"]);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
});

test("a command that is refused is not sent again, is put back, and does not stop the next one", async () => {
  all.answers(problem(412, exampleTask({ title: "Theirs", version: 4 })), (call) => ({
    body: exampleTask({ version: Number(call.version) + 1 }),
  }));
  await Promise.all([make(complete(milk)), make(complete(milk, false))]);
  expect(changes()).toHaveLength(2);
  expect(told()[0]).toBe(
    "“Milk” was not changed. It was changed meanwhile: look at it as it is now.",
  );
  expect(kept()).toEqual([]);
});

test("what is put back is not older than what came meanwhile", async () => {
  all.answers(problem(409, exampleTask({ title: "Theirs", version: 3 })));
  await make(edit({ title: "Oat milk" }));
  expect(find(1)?.title).toBe("Theirs");
});

test("an edit that does not arrive is put back, and can be sent again as it was", async () => {
  const lose = all.holds(null, null, null);
  const saving = make(edit({ title: "Oat milk" }));
  await vi.waitFor(() => expect(find(1)?.title).toBe("Oat milk"));
  await vi.waitFor(() => expect(changes()).toHaveLength(1));
  lose(null);
  await saving;
  expect(find(1)?.title).toBe("Milk");
  expect(kept()).toHaveLength(1);
  all.answers({ body: exampleTask({ title: "Oat milk", version: 4 }) });
  press();
  await vi.waitFor(() => expect(kept()).toEqual([]));
  expect(find(1)?.title).toBe("Oat milk");
  expect(new Set(changes().map(({ key }) => key)).size).toBe(1);
});

test("an edit that is refused can be written again", async () => {
  all.answers(problem(422));
  await make(edit({ title: "Oat milk" }));
  press();
  expect(page.reopen).toHaveBeenCalledWith(milk, { title: "Oat milk" });
});

test("an edit of what is gone can be added anew", async () => {
  all.answers(problem(404), { status: 201, body: exampleTask({ id: 3, title: "Oat milk" }) });
  await make(edit({ title: "Oat milk" }));
  expect(find(1)).toBeUndefined();
  press();
  await vi.waitFor(() =>
    expect(changes().at(-1)).toMatchObject({ method: "POST", body: { title: "Oat milk" } }),
  );
});

test("an add that is refused can be written again, and stays kept until then", async () => {
  all.answers(problem(422));
  await make(add("Milk"));
  expect(kept()).toHaveLength(1);
  page.rewrite.mockReturnValueOnce(false);
  press();
  expect(kept()).toHaveLength(1);
  press();
  expect(page.rewrite).toHaveBeenLastCalledWith(add("Milk").draft);
  expect(kept()).toEqual([]);
});

test("an edit keeps what others changed in other fields", async () => {
  const theirs = exampleTask({ priority: "high", version: 7 });
  all.answers(problem(412, theirs), { body: { ...theirs, title: "Oat milk", version: 8 } });
  const text = textAt(keepDraft("ann", { seen: milk, draft: add("Oat milk").draft }));
  await make({ ...edit({ title: "Oat milk" }), text });
  expect(changes().map(({ version }) => version)).toEqual(["3", "7"]);
  expect(new Set(changes().map(({ key }) => key)).size).toBe(2);
  expect(page.tell).not.toHaveBeenCalled();
  expect(keptDraft("ann", 1)).toBeNull();
});

test("an edit of the same field asks, and its text stays kept", async () => {
  const now = exampleTask({ title: "Theirs", version: 7 });
  all.answers(problem(412, now));
  const text = textAt(keepDraft("ann", { seen: milk, draft: add("Oat milk").draft }));
  await make({ ...edit({ title: "Oat milk" }), text });
  const asked = { now, edits: { title: "Oat milk" }, fields: ["title"], text };
  expect(page.askAbout).toHaveBeenCalledExactlyOnceWith(asked);
  expect(keptDraft("ann", 1)?.draft.title).toBe("Oat milk");
  expect(kept()).toEqual([]);
});

test("an edit behind one that was merged still notices what others changed", async () => {
  const theirs = exampleTask({ description: "Theirs", version: 7 });
  const merged = { ...theirs, title: "Oat milk", version: 8 };
  all.answers(problem(412, theirs), { body: merged }, problem(412, merged));
  await Promise.all([make(edit({ title: "Oat milk" })), make(edit({ description: "Mine" }))]);
  expect(changes().map(({ version }) => version)).toEqual(["3", "7", "3"]);
  expect(page.askAbout).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ fields: ["description"] }),
  );
});

test("tasks are added in the order in which they were written", async () => {
  const order: unknown[] = [];
  all.server.answer = async ({ method, body }) => {
    if (method === "GET") return { body: {} };
    await new Promise((done) => setTimeout(done, body["title"] === "First" ? 20 : 0));
    order.push(body["title"]);
    return { status: 201, body: exampleTask({ id: 3, title: String(body["title"]) }) };
  };
  const titles = ["First", "Second", "Third"];
  await Promise.all(titles.map((title) => make(add(title))));
  expect(order).toEqual(titles);
  await vi.waitFor(() => expect(page.added).toHaveBeenCalledTimes(3), 3000);
});
