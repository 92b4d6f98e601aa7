import { expect, test } from "vitest";

import { destinationOf } from "./redirect";

test.each([
  ["http://localhost:33418/callback", "this-computer", "localhost:33418"],
  ["http://127.0.0.1:1/", "this-computer", "127.0.0.1:1"],
  ["http://[::1]:8/x", "this-computer", "[::1]:8"],
  ["https://claude.ai/api/mcp/auth_callback", "website", "claude.ai"],
  ["https://claude.ai@evil.example/", "website", "evil.example"],
  ["https://localhost.evil.example/", "website", "localhost.evil.example"],
  ["https://сlaude.ai/", "website", "xn--laude-0ye.ai"],
  ["cursor://anysphere.cursor-mcp/oauth/callback", "app", "cursor://anysphere.cursor-mcp"],
])("%s is shown as %s %s", (uri, kind, name) => {
  expect(destinationOf(uri)).toEqual({ kind, name });
});
