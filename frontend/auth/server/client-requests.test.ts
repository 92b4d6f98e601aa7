import { expect, test } from "vitest";

import { mendAuthorization } from "./client-requests";

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
