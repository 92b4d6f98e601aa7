// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createRef } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Composer } from "./composer";
import { MOST_CHARACTERS } from "./text";

const on = { onWrite: vi.fn(), onSend: vi.fn(), onStop: vi.fn(), onStopEditing: vi.fn() };
let coarse = false;

beforeEach(() => {
  vi.clearAllMocks();
  coarse = false;
  vi.stubGlobal("matchMedia", () => ({ matches: coarse }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(text: string, changed: { busy?: boolean; editing?: boolean } = {}) {
  render(
    <Composer
      text={text}
      busy={false}
      editing={false}
      fieldRef={createRef()}
      {...on}
      {...changed}
    />,
  );
  return screen.getByLabelText("Message");
}

test("Enter sends; with Shift, or while an input method composes, it does not", () => {
  const field = show("What is due?");
  fireEvent.keyDown(field, { key: "Enter", shiftKey: true });
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  expect(on.onSend).not.toHaveBeenCalled();
  fireEvent.keyDown(field, { key: "Enter" });
  expect(on.onSend).toHaveBeenCalledOnce();
});

test("on a touch screen Enter begins a new line, and the button sends", () => {
  coarse = true;
  const field = show("What is due?");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(on.onSend).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Send" }));
  expect(on.onSend).toHaveBeenCalledOnce();
});

test.each(["", "  \n ", "\u200B"])("nothing to read is not sent: %j", (text) => {
  fireEvent.keyDown(show(text), { key: "Enter" });
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  expect(on.onSend).not.toHaveBeenCalled();
});

test("a message that is too long says by how much, and is not sent or cut", () => {
  const text = "x".repeat(MOST_CHARACTERS + 7);
  const field = show(text);
  expect(screen.getByRole("alert").textContent).toMatch(/shorten it by 7 to send it\.$/);
  expect((field as HTMLTextAreaElement).value).toBe(text);
  fireEvent.keyDown(field, { key: "Enter" });
  expect(on.onSend).not.toHaveBeenCalled();
});

test("while an answer is on its way, the button stops it", () => {
  fireEvent.keyDown(show("Next", { busy: true }), { key: "Enter" });
  expect(on.onSend).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(on.onStop).toHaveBeenCalledOnce();
});

test("Escape ends the editing of the last message, and closes nothing else", () => {
  const outside = vi.fn();
  const field = show("What is due?", { editing: true });
  document.addEventListener("keydown", outside);
  fireEvent.keyDown(field, { key: "Escape" });
  document.removeEventListener("keydown", outside);
  expect(on.onStopEditing).toHaveBeenCalledOnce();
});
