// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { useOneClick } from "./use-one-click";

function Rows({ onClick }: { onClick: (name: string) => void }) {
  useOneClick();
  return ["first", "second"].map((name) => (
    <button key={name} onClick={() => onClick(name)}>
      {name}
    </button>
  ));
}

test("the second click of a double click reaches no other control than the first", () => {
  const clicked = vi.fn();
  render(<Rows onClick={clicked} />);
  const [first, second] = [screen.getByText("first"), screen.getByText("second")];
  fireEvent.click(first, { detail: 1 });
  fireEvent.click(second, { detail: 2 });
  expect(clicked.mock.calls).toEqual([["first"]]);
  fireEvent.click(second, { detail: 1 });
  fireEvent.click(second, { detail: 2 });
  expect(clicked.mock.calls).toEqual([["first"], ["second"], ["second"]]);
});
