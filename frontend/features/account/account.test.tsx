// @vitest-environment jsdom
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { roomUnderTest } from "@/features/room-under-test";

import { ChangePassword } from "./change-password";
import { Name } from "./name";
import { SessionList } from "./session-list";

const room = roomUnderTest();
const changed = vi.fn();

const refusal = (code: string) => ({ status: 400, body: { code, message: "" } });

test("a name is saved without the spaces around it, and only when it has changed", async () => {
  room.server.answer = () => ({ body: { status: true } });
  room.show(<Name name="Ann" onChanged={changed} />);
  const save = screen.getByRole<HTMLButtonElement>("button", { name: "Save" });
  await room.fill("Your name", " Ann ");
  expect(save.disabled).toBe(true);
  await room.fill("Your name", " Ann B. ");
  await room.press("Save");
  await screen.findByText("Your name is changed");
  expect(changed).toHaveBeenCalledOnce();
  expect(room.server.changes()).toMatchObject([
    { path: "/api/auth/update-user", body: { name: "Ann B." } },
  ]);
});

test("a refused name stays in the field, with the reason", async () => {
  room.server.answer = () => refusal("NAME_EMPTY");
  room.show(<Name name="Ann" onChanged={changed} />);
  await room.fill("Your name", "☺");
  await room.press("Save");
  expect((await screen.findByRole("alert")).textContent).toMatch(/a letter or a digit/);
  expect(screen.getByLabelText<HTMLInputElement>("Your name").value).toBe("☺");
});

test.each([
  ["INVALID_PASSWORD", "Current password"],
  ["PASSWORD_TOO_COMMON", "New password"],
])("a refusal %s is told at the field %s", async (code, label) => {
  room.server.answer = () => refusal(code);
  room.show(<ChangePassword />);
  await room.press("Change the password");
  await room.fill("Current password", "the old one it was");
  await room.fill("New password", "the new one it is");
  const dialog = within(screen.getByRole("dialog"));
  fireEvent.click(dialog.getByRole("button", { name: "Change the password" }));
  const alert = await screen.findByRole("alert");
  const field = screen.getByLabelText(label);
  expect(field.getAttribute("aria-describedby")).toBe(alert.id);
  expect(document.activeElement).toBe(field);
});

test("this browser's session cannot be ended, and the others can", async () => {
  const session = { device: "Firefox on Linux", address: "192.0.2.1" };
  const at = { signed_in_at: "2026-11-01T10:00:00Z", used_at: "2026-11-26T10:00:00Z" };
  const sessions = [
    { id: "a", current: true, ...session, ...at },
    { id: "b", current: false, ...session, ...at },
    { id: "c", current: false, ...session, ...at, device: null },
  ];
  room.server.answer = ({ method }) => ({ body: method === "GET" ? { sessions } : { ended: 1 } });
  room.show(<SessionList />);
  await screen.findByText("This browser");
  expect(screen.getAllByRole("button", { name: /^End the session/ })).toHaveLength(2);
  screen.getByRole("button", { name: /^End the session of another program/ }).click();
  await screen.findByText("The session is ended");
  await room.press("End all other sessions");
  await screen.findByText("All others are ended");
  expect(room.server.changes().map(({ body }) => body)).toEqual([{ id: "c" }, {}]);
});
