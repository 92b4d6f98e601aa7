import { expect, test } from "vitest";

import { anEvent } from "./an-event";
import { burstsOf, dayInWords, daysOf } from "./bursts";

const at = (time: string) => ({ at: `2026-11-22T${time}+01:00` });
const idsOf = (events: ReturnType<typeof anEvent>[]) =>
  burstsOf(events).map((burst) => burst.events.map(({ id }) => id));

test("changes by one author that follow each other soon are one burst", () => {
  expect(
    idsOf([
      anEvent(5, at("10:10:00")),
      anEvent(4, at("10:09:00")),
      anEvent(3, at("10:00:00")),
      anEvent(2, { ...at("10:00:00"), client_id: "y" }),
      anEvent(1, { ...at("10:00:00"), client_id: "y", actor: "person" }),
    ]),
  ).toEqual([[5, 4], [3], [2], [1]]);
});

test("an undo is no part of the burst before it, and a call is one burst however long it took", () => {
  const undone = { kind: "undone" as const, call: 3 };
  expect(
    idsOf([
      anEvent(4, { ...undone, ...at("10:10:00") }),
      anEvent(3, { ...undone, ...at("10:00:00") }),
      anEvent(2, at("10:00:00")),
    ]),
  ).toEqual([[4, 3], [2]]);
});

test("bursts stand under their days, and none goes beyond midnight", () => {
  const days = daysOf([
    anEvent(2, { at: "2026-11-22T00:00:01+01:00" }),
    anEvent(1, { at: "2026-11-21T23:59:59+01:00" }),
  ]);
  expect(days.map(({ day, bursts }) => [day, bursts.length])).toEqual([
    ["2026-11-22", 1],
    ["2026-11-21", 1],
  ]);
  expect(days.map(({ day }) => dayInWords(day, "2026-11-22"))).toEqual(["Today", "Yesterday"]);
  expect(dayInWords("2026-11-01", "2026-11-22")).toBe("Sunday, 1 November 2026");
});
