import { expect, test } from "vitest";

import { addDays, clockIn, dueOf, isOverdue, nameDue, partsOfDue } from "./dates";

test("the day is the one of the account's time zone", () => {
  const late = new Date("2026-11-22T23:30:00Z");
  expect(clockIn("Europe/Berlin", late)).toEqual({ day: "2026-11-23", time: "00:30" });
  expect(clockIn("America/New_York", late)).toEqual({ day: "2026-11-22", time: "18:30" });
});

test("a time zone that the browser does not know shows UTC", () => {
  const now = new Date("2026-11-22T23:30:00Z");
  expect(clockIn("Europe/Atlantis", now)).toEqual({ day: "2026-11-22", time: "23:30" });
});

test("days are added across months and the clocks' changes", () => {
  expect(addDays("2026-10-24", 2)).toBe("2026-10-26");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
});

test.each([
  ["2026-11-22", "Today"],
  ["2026-11-21", "Yesterday"],
  ["2026-11-23T15:00:00+01:00", "Tomorrow, 15:00"],
  ["2026-11-27", "Friday"],
  ["2026-12-05", "5 Dec"],
  ["2027-01-05", "5 Jan 2027"],
])("%s is called %s", (due, words) => {
  expect(nameDue(due, "2026-11-22")).toBe(words);
});

test("a day is overdue when it has passed, a time when it has come", () => {
  const clock = { day: "2026-11-22", time: "12:00" };
  expect(isOverdue("2026-11-22", clock)).toBe(false);
  expect(isOverdue("2026-11-21", clock)).toBe(true);
  expect(isOverdue("2026-11-22T11:59:00+01:00", clock)).toBe(true);
  expect(isOverdue("2026-11-22T12:01:00+01:00", clock)).toBe(false);
  expect(isOverdue("2026-11-23T01:00:00+01:00", clock)).toBe(false);
});

test("a due date taken apart and put together is sent as a time of the account's", () => {
  const { day, time } = partsOfDue("2026-11-23T15:00:00+01:00");
  expect(dueOf(day, time)).toBe("2026-11-23T15:00");
  expect(dueOf("", "")).toBeUndefined();
});
