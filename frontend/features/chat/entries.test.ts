import { expect, test } from "vitest";

import { entriesOf, isAwaited, lastSaid, type Live, type Message, wordsOf } from "./entries";

const at = "2026-11-26T10:00:00+00:00";
const said = (id: number, content: string, rest: Partial<Message> = {}): Message => ({
  id,
  role: "user",
  content,
  client_id: "web",
  client_name: "web",
  version: 1,
  created_at: at,
  ...rest,
});
const answer = (id: number, content: string, rest: Partial<Message> = {}): Message =>
  said(id, content, {
    role: "assistant",
    client_id: "surelist-chat",
    client_name: "Surelist chat",
    reply_to: id - 1,
    parts: [{ type: "step-start" }, { type: "text", text: content }],
    ...rest,
  });
const sent: Live = { id: "x", role: "user", parts: [{ type: "text", text: "Add milk" }] };
const streamed = (message_id: number, text: string): Live => ({
  id: `1-${message_id}`,
  role: "assistant",
  metadata: { conversation_id: 1, message_id },
  parts: [{ type: "step-start" }, { type: "text", text, state: "streaming" }],
});
const shown = (stored: Message[], live: Live[] = []) =>
  entriesOf(stored, live).map((entry) => {
    if (entry.kind === "folded") return `folded ${entry.entries.map(({ key }) => key).join(" ")}`;
    return entry.kind === "said" ? `said ${entry.text}` : `answer ${wordsOf(entry.parts)}`;
  });

test("stored messages are shown in order", () => {
  const stored = [said(1, "Hello"), answer(2, "Hi"), said(3, "Add milk"), answer(4, "Added")];
  expect(shown(stored)).toEqual(["said Hello", "answer Hi", "said Add milk", "answer Added"]);
});

test("a turn is shown once, from the moment it is sent until it is stored", () => {
  const before = [said(1, "Hello"), answer(2, "Hi")];
  const during = ["said Hello", "answer Hi", "said Add milk"];
  expect(shown(before, [sent])).toEqual(during);
  expect(shown(before, [sent, streamed(3, "Ad")])).toEqual([...during, "answer Ad"]);
  const begun = [...before, said(3, "Add milk")];
  expect(shown(begun, [sent, streamed(3, "Added")])).toEqual([...during, "answer Added"]);
  const ended = [...begun, answer(4, "Added it")];
  expect(shown(ended, [sent, streamed(3, "Added")])).toEqual([...during, "answer Added it"]);
});

test("an answer keeps its key when it is stored", () => {
  const key = (stored: Message[], live: Live[]) => entriesOf(stored, live).at(-1)?.key;
  const begun = [said(3, "Add milk")];
  expect(key(begun, [sent, streamed(3, "A")])).toBe(key([...begun, answer(4, "A")], []));
});

test("the changes of a message belong to the steps of its answer, while it streams too", () => {
  const change = {
    id: 7,
    subject: "task",
    subject_id: 1,
    task_id: 1,
    kind: "created",
    actor: "assistant",
    at,
  } as const;
  const changes = [{ ...change, client_id: "surelist-chat", client_name: "Surelist chat" }];
  const begun = [said(3, "Add milk", { changes })];
  for (const entries of [
    entriesOf(begun, [sent, streamed(3, "A")]),
    entriesOf([...begun, answer(4, "A")], []),
  ]) {
    const last = entries.at(-1);
    expect(last?.kind === "answer" && last.changes.get(7)).toMatchObject({ kind: "created" });
  }
});

test("a failure is shown after the partial answer", () => {
  const parts = [{ type: "step-start" }, { type: "text", text: "I will" }];
  const failed = answer(2, "This turn was stopped.", { failure: "stopped", parts });
  const [, last] = entriesOf([said(1, "Hello"), failed], []);
  expect(last).toMatchObject({
    failure: { words: "This turn was stopped.", stopped: true },
  });
  expect(last?.kind === "answer" && wordsOf(last.parts)).toBe("I will");
  const none = answer(2, "The model is busy.", { failure: "model_busy" });
  delete none.parts;
  expect(entriesOf([said(1, "Hello"), none], [])[1]).toMatchObject({ parts: [] });
});

test("replaced messages are collapsed, also repeatedly", () => {
  const first = [said(1, "Hello"), answer(2, "Hi"), said(3, "Ad mlk"), answer(4, "What?")];
  const again = [...first, said(5, "Add milk", { replaces: 3 }), answer(6, "Added")];
  const hello = ["said Hello", "answer Hi"];
  expect(shown(again)).toEqual([
    ...hello,
    "folded said-3 answer-3",
    "said Add milk",
    "answer Added",
  ]);
  const third = [...again, said(7, "Add two", { replaces: 5 }), answer(8, "Both")];
  const folded = "folded said-3 answer-3 said-5 answer-5";
  expect(shown(third)).toEqual([...hello, folded, "said Add two", "answer Both"]);
  const later = [...third, said(9, "Thanks"), answer(10, "Gladly")];
  later.push(said(11, "Thank you", { replaces: 9 }));
  expect(shown(later).slice(2)).toEqual([
    folded,
    "said Add two",
    "answer Both",
    "folded said-9 answer-9",
    "said Thank you",
  ]);
});

test("a replaced message on an unloaded page collapses the loaded part", () => {
  expect(shown([answer(4, "What?"), said(5, "Again", { replaces: 3 })])).toEqual([
    "folded answer-3",
    "said Again",
  ]);
  expect(shown([said(5, "Again", { replaces: 3 })])).toEqual(["said Again"]);
});

test("messages of agents show the agent's name", () => {
  const left = { client_id: "claude", client_name: "Claude Code" };
  const [first, second] = entriesOf(
    [said(1, "Hello", left), { ...said(2, "**Hi**", left), role: "assistant" }],
    [],
  );
  expect(first).toMatchObject({ kind: "said", by: "Claude Code" });
  expect(second).toMatchObject({ kind: "answer", by: "Claude Code", to: null });
  expect(second?.kind === "answer" && wordsOf(second.parts)).toBe("**Hi**");
});

test("an answer is awaited for the person's last message, for some minutes", () => {
  const now = Date.parse(at) + 60_000;
  expect(isAwaited([said(1, "Hello")], now)).toBe(true);
  expect(isAwaited([said(1, "Hello")], now + 180_000)).toBe(false);
  expect(isAwaited([said(1, "Hello"), answer(2, "Hi")], now)).toBe(false);
  expect(isAwaited([said(1, "Hello", { client_id: "claude" })], now)).toBe(false);
  expect(isAwaited([], now)).toBe(false);
});

test("the last message can be edited", () => {
  const entries = entriesOf(
    [said(1, "Hello"), answer(2, "Hi"), said(3, "Add"), answer(4, "Ok")],
    [],
  );
  expect(lastSaid(entries)).toMatchObject({ id: 3, text: "Add" });
  expect(lastSaid([])).toBeNull();
});

test("parts of unknown shapes are left out", () => {
  const parts = [null, 3, "x", {}, { type: 4 }, { type: "data-x" }, { type: "text", text: "Ok" }];
  const [entry] = entriesOf([answer(2, "Ok", { parts })], []);
  expect(entry?.kind === "answer" && entry.parts).toEqual([{ type: "text", text: "Ok" }]);
});
