import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";

import { Agent, type Answer, callTool, claimsOf } from "./agent";
import { closeBrowser, Visitor } from "./browser";
import { narrowTokens } from "./database";
import { startPage } from "./one-page";

const WHOLE = ["offline_access", "tasks:read", "tasks:write"];

let ann: Visitor;
let agent: Agent;

beforeEach(async () => {
  ann = await Visitor.withAccount();
  agent = await Agent.register();
});

afterEach(async () => {
  agent.close();
  await ann.leave();
});

afterAll(closeBrowser);

const of = ({ body }: Answer, name: string): string => body[name] ?? "";
const scopesOf = (answer: Answer): string[] =>
  String(claimsOf(of(answer, "access_token"))["scope"])
    .split(" ")
    .sort();

describe("a refresh", () => {
  test.each([
    [undefined, WHOLE],
    ["", WHOLE],
    ["offline_access", WHOLE],
    ["openid profile", WHOLE],
    ["tasks:read tasks:write", ["tasks:read", "tasks:write"]],
    ["tasks:write tasks:read", ["tasks:read", "tasks:write"]],
    ["tasks:read tasks:write offline_access", WHOLE],
    ["openid  tasks:read tasks:read", ["tasks:read"]],
  ])("keeps the connection ten times in a row, naming %j", async (scope, given) => {
    let answer = await agent.exchange(await agent.allowedBy(ann));
    for (let time = 1; time <= 10; time += 1) {
      const used = of(answer, "refresh_token");
      answer = await agent.refresh(used, scope === undefined ? {} : { scope });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      expect(scopesOf(answer)).toEqual(given);
      expect(of(answer, "scope").split(" ").sort()).toEqual(given);
      expect(of(answer, "refresh_token")).not.toBe(used);
    }
    const all = await agent.refresh(of(answer, "refresh_token"));
    expect(scopesOf(all)).toEqual(WHOLE);
  });

  test("that is sent again within a minute leaves the person's scopes, too", async () => {
    const first = of(await agent.exchange(await agent.allowedBy(ann)), "refresh_token");
    const narrow = { scope: "tasks:read" };
    const answer = await agent.refresh(first, narrow);
    expect((await agent.refresh(first, narrow)).body["refresh_token"]).toBe(
      of(answer, "refresh_token"),
    );
    expect(scopesOf(await agent.refresh(of(answer, "refresh_token")))).toEqual(WHOLE);
  });

  test("gives an access token that can do no more than it named", async () => {
    const first = of(await agent.exchange(await agent.allowedBy(ann)), "refresh_token");
    const narrow = await agent.refresh(first, { scope: "tasks:read" });
    const token = of(narrow, "access_token");
    expect((await callTool(token, "list_tasks")).status).toBe(200);
    expect((await callTool(token, "add_task", { title: "No" })).status).toBe(403);
  });

  test.each(["account:manage", "conversations:read", "tasks:read conversations:read openid"])(
    "is refused for %j, which was not granted, and can be sent anew",
    async (scope) => {
      const first = of(await agent.exchange(await agent.allowedBy(ann)), "refresh_token");
      expect((await agent.refresh(first, { scope })).body["error"]).toBe("invalid_scope");
      expect((await agent.refresh(first)).status).toBe(200);
    },
  );

  test("continues with a token that an earlier version narrowed, after the page has started", async () => {
    const first = of(await agent.exchange(await agent.allowedBy(ann)), "refresh_token");
    await narrowTokens(agent.clientId, ["tasks:read"]);
    await (await startPage({})).stop();
    const answer = await agent.refresh(first, { scope: "tasks:read" });
    const more = await agent.refresh(of(answer, "refresh_token"));
    expect(scopesOf(more)).toEqual(["offline_access", "tasks:read"]);
  });

  test("keeps no more than the person granted", async () => {
    const walk = await agent.allowedBy(ann, { scope: "tasks:read" });
    let answer = await agent.exchange(walk);
    answer = await agent.refresh(of(answer, "refresh_token"), { scope: "tasks:read" });
    const more = await agent.refresh(of(answer, "refresh_token"), { scope: "tasks:write" });
    expect(more.body["error"]).toBe("invalid_scope");
    expect(scopesOf(await agent.refresh(of(answer, "refresh_token")))).toEqual([
      "offline_access",
      "tasks:read",
    ]);
  });
});
