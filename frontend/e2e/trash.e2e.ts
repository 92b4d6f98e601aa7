import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { complaintsOf, POLL, titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

test("the trash restores, and deletes permanently only after a confirmation", async () => {
  await ann.add("Keep", "Burn");
  await ann.call("DELETE", "/tasks/1");
  await ann.call("DELETE", "/tasks/2");
  const page = await ann.open("/?view=deleted");
  await page.getByRole("button", { name: "Restore Keep" }).click();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Burn"]);
  await page.getByRole("button", { name: "Burn", exact: true }).focus();
  await page.keyboard.press("#");
  await page.getByRole("button", { name: "Delete for good" }).last().click();
  await page.getByText("The trash is empty.").waitFor();
  await page.getByText("“Burn” is deleted for good").first().waitFor();
  await expect(ann.call("GET", "/tasks/2")).rejects.toThrow("404");
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ status: "pending" });
});

test("the trash is emptied after a confirmation, except for what was not seen", async () => {
  await ann.add("Burn", "Burn too", "Later", "Here");
  await ann.call("DELETE", "/tasks/1");
  await ann.call("DELETE", "/tasks/2");
  const page = await ann.open("/?view=deleted");
  await page.getByText("2 in the trash").waitFor();
  await page.getByRole("button", { name: "Empty the trash" }).click();
  await page.getByRole("dialog").getByText("2 in the trash").waitFor();
  expect(await complaintsOf(page)).toEqual([]);
  await ann.agent("DELETE", "/tasks/3");
  await page.getByRole("button", { name: "Delete all for good" }).click();
  await page.getByText("2 tasks are deleted for good").first().waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Later"]);
  await page.getByText("1 in the trash").waitFor();
  await expect(ann.call("GET", "/tasks/1")).rejects.toThrow("404");
  expect(await ann.call("GET", "/tasks")).toMatchObject({ tasks: [{ title: "Here" }] });
});
