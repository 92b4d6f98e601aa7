// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { type ReactNode, useState } from "react";
import { afterEach, expect, test } from "vitest";

import { Dialog } from "./dialog";

afterEach(cleanup);

function Opener({ children, then }: { children: ReactNode; then?: ReactNode }) {
  const [step, setStep] = useState(0);
  return (
    <>
      <button type="button" onClick={() => setStep(1)}>
        Open
      </button>
      <input aria-label="Elsewhere" />
      {step === 1 ? (
        <Dialog open title="First" onOpenChange={() => setStep(then ? 2 : 0)}>
          {children}
        </Dialog>
      ) : null}
      {step === 2 ? (
        <Dialog open title="Second" onOpenChange={() => setStep(0)}>
          {then}
        </Dialog>
      ) : null}
    </>
  );
}

async function open() {
  const opener = screen.getByRole("button", { name: "Open" });
  opener.focus();
  fireEvent.click(opener);
  await screen.findByRole("dialog", { name: "First" });
  return opener;
}

const escape = () => fireEvent.keyDown(document.activeElement ?? document, { key: "Escape" });
const gone = () => waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

test("the first field of a dialog has the focus, and afterwards what opened it", async () => {
  render(
    <Opener>
      <input aria-label="Name" />
    </Opener>,
  );
  const opener = await open();
  expect(document.activeElement).toBe(screen.getByLabelText("Name"));
  escape();
  await gone();
  await waitFor(() => expect(document.activeElement).toBe(opener));
});

test("a dialog without a field has the focus itself", async () => {
  render(<Opener>Nothing to type</Opener>);
  const opener = await open();
  expect(screen.getByRole("dialog").contains(document.activeElement)).toBe(true);
  escape();
  await waitFor(() => expect(document.activeElement).toBe(opener));
});

test("a dialog that follows another returns the focus to what opened the first", async () => {
  render(
    <Opener then="Done">
      <input aria-label="Name" />
    </Opener>,
  );
  const opener = await open();
  escape();
  await screen.findByRole("dialog", { name: "Second" });
  await new Promise((done) => setTimeout(done, 20)); // the first returns its focus in a timer
  expect(screen.getByRole("dialog").contains(document.activeElement)).toBe(true);
  escape();
  await gone();
  await waitFor(() => expect(document.activeElement).toBe(opener));
});

test("what has taken the focus meanwhile keeps it", async () => {
  render(<Opener>Nothing to type</Opener>);
  await open();
  escape();
  screen.getByLabelText("Elsewhere").focus();
  await new Promise((done) => setTimeout(done, 20));
  expect(document.activeElement).toBe(screen.getByLabelText("Elsewhere"));
});
