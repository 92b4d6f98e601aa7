import { expect, test } from "vitest";

import { linkTo, saysWhere } from "./links";

test.each([
  ["https://example.com/", "example.com"],
  ["http://example.com/a?b=c", "example.com/a?b=c"],
  ["https://github.com@evil.example/x", "evil.example/x"],
  ["https://gіthub.com/", "xn--gthub-n2e.com"],
  ["https:\\\\evil.example", "evil.example"],
  ["mailto:ann@example.com", "ann@example.com"],
  [`https://evil.example/${"a".repeat(100)}`, `evil.example/${"a".repeat(47)}…`],
])("%s goes to %s", (address, to) => expect(linkTo(address)?.to).toBe(to));

test.each([
  undefined,
  "",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "blob:https://example.com/1",
  "file:///etc/passwd",
  "surelist://tasks",
  "cursor://install",
  "/api/auth/sign-out",
  "//evil.example",
  "#tasks",
  "https://",
])("%j is no link", (address) => expect(linkTo(address)).toBeNull());

test("only words that are the whole address say where a link goes", () => {
  const link = linkTo("https://example.com/a");
  const says = (words: string) => link && saysWhere(words, link);
  expect([says("https://example.com/a"), says("example.com/a")]).toEqual([true, true]);
  expect([says("example.com"), says("github.com"), says("here")]).toEqual([false, false, false]);
  const long = linkTo(`https://example.com/${"a".repeat(100)}`);
  expect(long && saysWhere(long.to, long)).toBe(false);
});
