import { expect, test, vi } from "vitest";

import { read } from "./settings";

vi.mock("server-only", () => ({}));

const NEEDED = { AUTH_DATABASE_URL: "postgresql://auth", BETTER_AUTH_SECRET: "s".repeat(32) };

const proxiesOf = (given: string) =>
  read({ ...NEEDED, SURELIST_TRUSTED_PROXIES: given }).trustedProxies;

test.each([
  ["", []],
  ["203.0.113.7", ["203.0.113.7"]],
  ["10.0.0.0/8, 2001:db8::/32 ,::1", ["10.0.0.0/8", "2001:db8::/32", "::1"]],
])("the proxies %j are known", (given, known) => {
  expect(proxiesOf(given)).toEqual(known);
});

test.each(["proxy.example", "10.0.0.0/33", "10.0.0.1,", "10.0.0.1 10.0.0.2", "*"])(
  "the page does not start with the proxies %j",
  (given) => {
    expect(() => proxiesOf(given)).toThrow(/SURELIST_TRUSTED_PROXIES: must be addresses/);
  },
);
