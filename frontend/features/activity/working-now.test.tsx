// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { WorkingNow } from "./working-now";

beforeEach(() => vi.useFakeTimers({ now: new Date("2026-11-27T12:00:00Z") }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const isShown = () => screen.queryByText("Working now") !== null;
const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));

test("an agent works for a while after its last call", () => {
  render(<WorkingNow ms={60_000} since="2026-11-27T11:59:30Z" />);
  expect(isShown()).toBe(true);
  pass(29_000);
  expect(isShown()).toBe(true);
  pass(2_000);
  expect(isShown()).toBe(false);
});

test("an agent whose last call was long ago does not work", () => {
  render(<WorkingNow ms={60_000} since="2026-11-27T11:58:00Z" />);
  expect(isShown()).toBe(false);
});

test("a clock that runs ahead lets no agent work longer", () => {
  render(<WorkingNow ms={60_000} since="2026-11-27T13:00:00Z" />);
  pass(61_000);
  expect(isShown()).toBe(false);
});
