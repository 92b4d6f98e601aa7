import { execFileSync } from "node:child_process";

import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { callRest } from "./agent";
import { closeBrowser, Visitor } from "./browser";
import { product } from "./product";
import { rest } from "./rest";
import { complaintsOf, titlesOn } from "./seen";
import { SURELIST, withoutSettings } from "./stack";

const OFFER = "The list of this machine";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.arrive();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

/** A token such as `make run` prints. */
function localToken(): string {
  const words = ["token", "local", "--client", "Cursor", "--data", product.data];
  return execFileSync(SURELIST, words, { encoding: "utf8", env: withoutSettings({}) }).trim();
}

test("the first person to sign up is offered the list of this machine, and takes it over", async () => {
  const local = localToken();
  for (const title of ["Buy milk", "Call mum"]) await rest(local, "POST", "/tasks", { title });
  await rest(local, "PATCH", "/tasks/2/complete", { completed: true });
  expect((await fetch(`${product.web}/api/auth/local-list`)).status).toBe(401);
  const { page } = await ann.signUp();
  const offer = page.getByRole("region", { name: OFFER });
  await offer.getByText("1 open and 1 completed tasks").waitFor();
  expect(await complaintsOf(page)).toEqual([]);
  await offer.getByRole("button", { name: "Make it mine" }).click();
  await expect.poll(() => titlesOn(page), { timeout: 15_000 }).toEqual(["Buy milk"]);
  expect(await offer.count()).toBe(0);
  expect(await ann.call("GET", "/events?task_id=1")).toMatchObject({
    events: [{ client_name: "Cursor" }],
  });
  const answered = async () => (await callRest(local, "/tasks")).status;
  await expect.poll(answered, { timeout: 10_000, interval: 500 }).toBe(401);
});

test("whoever signs up later is offered nothing", async () => {
  await rest(localToken(), "POST", "/tasks", { title: "Another one" });
  const { page } = await ann.signUp();
  await page.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  const headers = await ann.shown();
  const answer = await page.request.get("/api/auth/local-list", { headers });
  expect(await answer.json()).toEqual({ code: null });
  expect(await page.getByRole("region", { name: OFFER }).count()).toBe(0);
});
