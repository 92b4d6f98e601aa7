import { describe, expect, test } from "vitest";

import { mendAuthorization, mendRefresh } from "./client-requests";

const URLS = {
  mcpUrl: "https://list.example/mcp",
  conversationsUrl: "https://list.example/conversations/mcp",
};

function mended(given: Record<string, string>) {
  const { resource, scope } = Object.fromEntries(
    mendAuthorization(new URLSearchParams(given), URLS),
  );
  return { resource, scope };
}

test("a client that names nothing is given the tasks", () => {
  expect(mended({})).toEqual({
    resource: URLS.mcpUrl,
    scope: "tasks:read tasks:write offline_access",
  });
});

test("a client that names the conversation tools alone is given the conversations", () => {
  expect(mended({ resource: URLS.conversationsUrl, scope: "nothing" })).toEqual({
    resource: URLS.conversationsUrl,
    scope: "conversations:read conversations:write offline_access",
  });
});

test("what a client asks for is kept, whatever the resource", () => {
  expect(mended({ resource: URLS.conversationsUrl, scope: "conversations:read" }).scope).toBe(
    "conversations:read offline_access",
  );
});

function scopeOf(scope: string): string | null {
  const sent = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "r", scope });
  const mended = mendRefresh(sent);
  expect(mended.get("refresh_token")).toBe("r");
  return mended.get("scope");
}

describe("the scopes that a refresh names", () => {
  test.each([
    ["tasks:read tasks:write", "tasks:read tasks:write"],
    ["tasks:write tasks:read offline_access", "tasks:write tasks:read offline_access"],
    ["tasks:read tasks:read", "tasks:read"],
    ["  tasks:read   tasks:write ", "tasks:read tasks:write"],
    ["openid tasks:read profile", "tasks:read"],
  ])("%j are those that there are, each once", (given, meant) => {
    expect(scopeOf(given)).toBe(meant);
  });

  test.each(["openid", "openid profile email", "offline_access", "openid offline_access", " ", ""])(
    "%j is as if none were named",
    (given) => {
      expect(scopeOf(given)).toBeNull();
    },
  );

  test.each(["account:manage", "openid account:manage", "conversations:read"])(
    "%j goes on to be held against what was granted",
    (given) => {
      expect(scopeOf(given)).toBe(given.replace("openid ", ""));
    },
  );
});
