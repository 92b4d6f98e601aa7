import { expect, test } from "vitest";

import { type Message, type Shown, withMessage } from "./messages";

const all = (...messages: Message[]) => messages.reduce<Shown[]>(withMessage, []);
const words = (shown: readonly Shown[]) => shown.map((one) => one.words);
const undo = { label: "Undo", altText: "Press u", onPress: () => undefined };

test("a message that is told again is shown once, as the newest", () => {
  const refused = { words: "Not undone", danger: true };
  expect(words(all(refused, { words: "Saved" }, refused))).toEqual(["Saved", "Not undone"]);
});

test("two messages with an action of their own both stay", () => {
  const deleted = { words: "Deleted “Milk”", action: undo };
  expect(all({ ...deleted, event: 1 }, { ...deleted, event: 2 })).toHaveLength(2);
});
