// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { roomUnderTest } from "@/features/room-under-test";

import { MakeKey } from "./make-key";

const room = roomUnderTest();
const form = <MakeKey url="https://tasks.example.com/mcp" />;

test("a name that another key has is refused at its field, and stays there", async () => {
  const detail = "Another key is called Robot. Send the request with another name.";
  room.server.answer = () => ({ status: 409, body: { detail } });
  room.show(form);
  await room.press("Make a key");
  await room.fill("Name", "robot");
  await room.press("Make the key");
  expect((await screen.findByRole("alert")).textContent).toBe(detail);
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("robot");
});

test("a key is shown once, with the line and the configuration that use it", async () => {
  room.server.answer = () => ({
    status: 201,
    body: {
      client_id: "key-1",
      name: "Robot",
      scopes: [],
      token: "the-token",
      expires_at: "2027-01-01T00:00:00Z",
    },
  });
  room.show(form);
  await room.press("Make a key");
  await room.fill("Name", " Robot ");
  await room.press("Make the key");
  await screen.findByRole("dialog", { name: "The key for Robot" });
  expect(room.server.changes()).toMatchObject([{ body: { name: "Robot", days: 90 } }]);
  const texts = screen.getAllByText(/the-token/).map((one) => one.textContent);
  expect(texts).toContainEqual(expect.stringMatching(/^curl .*Bearer the-token/));
  expect(texts).toContainEqual(expect.stringMatching(/"headers"/));
  await room.press("I have kept it");
  expect(screen.queryByText(/the-token/)).toBeNull();
});
