import { describe, expect, test } from "vitest";

import { mendRefresh } from "./client-requests";

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
