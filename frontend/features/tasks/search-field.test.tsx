// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { SearchField } from "./search-field";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const onChange = vi.fn<(search: string) => void>();
const field = () => screen.getByRole<HTMLInputElement>("searchbox");
const type = (words: string) => fireEvent.change(field(), { target: { value: words } });
const pause = () => {
  act(() => {
    vi.advanceTimersByTime(200);
  });
};
const searching = (search: string) => (
  <SearchField search={search} onChange={onChange} fieldRef={null} />
);

test("letters that are typed before the search is applied stay", () => {
  const { rerender } = render(searching(""));
  type("abc");
  pause();
  type("abcd");
  rerender(searching("abc"));
  expect(field().value).toBe("abcd");
  pause();
  type("abcde");
  pause();
  rerender(searching("abcd"));
  rerender(searching("abcde"));
  expect(field().value).toBe("abcde");
  expect(onChange.mock.calls).toEqual([["abc"], ["abcd"], ["abcde"]]);
});

test("a search that is changed elsewhere is shown", () => {
  const { rerender } = render(searching(""));
  type("abc");
  pause();
  rerender(searching("abc"));
  rerender(searching(""));
  expect(field().value).toBe("");
});
