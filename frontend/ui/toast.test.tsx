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

async function told(fails: boolean, pattern: RegExp): Promise<number> {
  render(
    <ToastProvider>
      <Adder fails={fails} />
    </ToastProvider>,
  );
  fireEvent.click(screen.getByText("Add"));
  return (await screen.findAllByText(pattern, { selector: "li *" }, { timeout: 10_000 })).length;
}

test("three messages that pass by are shown at once", async () => {
  expect(await told(false, /^(One|Two|Three|Four)$/)).toBe(3);
});

test("a failure that can be retried is not pushed out", async () => {
  expect(await told(true, /failed$/)).toBe(4);
});
