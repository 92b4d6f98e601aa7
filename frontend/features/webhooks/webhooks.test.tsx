// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { roomUnderTest } from "@/features/room-under-test";

import type { Webhook } from "./queries";
import { Webhooks } from "./webhooks";

const room = roomUnderTest();
const URL = "https://hooks.example.com/surelist";

const webhook = (changed: Partial<Webhook> = {}): Webhook => ({
  id: "wh-0123456789abcdef",
  url: URL,
  status: "active",
  after: 17,
  undelivered: 0,
  attempts: 0,
  created_at: "2026-11-27T10:00:00+00:00",
  ...changed,
});

/** The server has these webhooks, and refuses changes in this way. */
function having(webhooks: Webhook[], refusal: { status: number; detail: string } | null = null) {
  room.server.answer = ({ method, path }) => {
    if (path.endsWith("/undelivered"))
      return {
        body: {
          undelivered: [
            { event_id: 5, problem: "status", status: 503, given_up_at: "2026-11-27T10:00:00Z" },
          ],
        },
      };
    if (method === "GET") return { body: { webhooks } };
    if (refusal) return { status: refusal.status, body: { detail: refusal.detail } };
    return { body: { ...webhook(), secret: "whsec_c2VjcmV0" } };
  };
}

test("somebody without webhooks learns what they are for", async () => {
  having([]);
  room.show(<Webhooks />);
  await screen.findByText(/^None\. A webhook is for programs/);
});

test("webhooks that cannot be read are no empty list", async () => {
  room.server.answer = () => ({ status: 503, body: { detail: "The list cannot be reached." } });
  room.show(<Webhooks />);
  expect((await screen.findByRole("alert")).textContent).toBe("The list cannot be reached.");
  expect(screen.queryByText(/^None\./)).toBeNull();
});

test("a refused address stays in its field, with the reason", async () => {
  having([], { status: 422, detail: "The address is not public." });
  room.show(<Webhooks />);
  await room.press("Add a webhook");
  await room.fill("Address", "https://10.0.0.1/");
  await room.press("Add the webhook");
  expect((await screen.findByRole("alert")).textContent).toBe("The address is not public.");
  expect(screen.getByLabelText<HTMLInputElement>("Address").value).toBe("https://10.0.0.1/");
});

test("the secret of a new webhook is shown until it is kept", async () => {
  having([]);
  room.show(<Webhooks />);
  await room.press("Add a webhook");
  await room.fill("Address", URL);
  await room.press("Add the webhook");
  await screen.findByText("whsec_c2VjcmV0");
  expect(room.server.changes()).toMatchObject([{ method: "POST", body: { url: URL } }]);
  await room.press("I have kept it");
  expect(screen.queryByText("whsec_c2VjcmV0")).toBeNull();
});

test.each<[Partial<Webhook>, RegExp]>([
  [{}, /^Not called yet\.$/],
  [{ last_at: "2020-01-01T00:00:00Z" }, /^Last called .* days ago\.$/],
  [{ status: "paused", paused_because: "person" }, /^Paused by you\.$/],
  [{ status: "paused", paused_because: "gone" }, /^Paused, because .* 410/],
  [{ status: "paused", paused_because: "failing" }, /^Paused after three days/],
  [{ status: "failing", last_problem: "tls" }, /^Failing: its certificate is not valid\.$/],
  [
    {
      status: "failing",
      last_problem: "status",
      last_status: 500,
      next_attempt_at: "2026-11-27T10:00:00Z",
    },
    /^Failing: it answered with status 500\. Tried again at \d\d:\d\d\.$/,
  ],
])("a webhook that is %o says so", async (changed, words) => {
  having([webhook(changed)]);
  room.show(<Webhooks />);
  await screen.findByText(words);
});

test("what was given up on is listed, and sent again", async () => {
  having([webhook({ undelivered: 1 })]);
  room.show(<Webhooks />);
  await screen.findByText("Change 5: it answered with status 503");
  await room.press("Send them again");
  await expect
    .poll(() => room.server.changes().map(({ path }) => path))
    .toEqual(["/api/me/webhooks/wh-0123456789abcdef/replay"]);
});

test("a webhook is removed after a confirmation", async () => {
  having([webhook()]);
  room.show(<Webhooks />);
  await room.press(`Remove ${URL}`);
  expect(room.server.changes()).toEqual([]);
  await room.press("Remove");
  await expect.poll(() => room.server.changes()).toMatchObject([{ method: "DELETE" }]);
});
