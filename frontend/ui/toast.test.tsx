// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { ToastProvider, useToast } from "./toast";

afterEach(cleanup);

const TITLES = ["One", "Two", "Three", "Four"];

function Adder({ fails }: { fails: boolean }) {
  const tell = useToast();
  const onPress = () => undefined;
  const action = { label: "Try again", altText: "Add it again", onPress };
  const add = () => {
    for (const title of TITLES) {
      tell(fails ? { words: `${title} failed`, danger: true, action } : { words: title });
    }
  };
  return <button onClick={add}>Add</button>;
}

function told(fails: boolean, pattern: RegExp): number {
  render(
    <ToastProvider>
      <Adder fails={fails} />
    </ToastProvider>,
  );
  fireEvent.click(screen.getByText("Add"));
  return screen.getAllByText(pattern, { selector: "li *" }).length;
}

test("three messages that pass by are shown at once", () => {
  expect(told(false, /^(One|Two|Three|Four)$/)).toBe(3);
});

test("a failure that can be retried is not pushed out", () => {
  expect(told(true, /failed$/)).toBe(4);
});
