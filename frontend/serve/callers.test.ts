import type { IncomingMessage } from "node:http";

import { expect, test } from "vitest";

import { nameCaller, trustedBy } from "./callers.mjs";

const SAID = { "x-forwarded-for": "198.51.100.1", "x-real-ip": "198.51.100.2", forwarded: "for=x" };

function named(from: string, setting?: string, said = {}): Record<string, unknown> {
  const request = { headers: { ...SAID, ...said }, socket: { remoteAddress: from } };
  nameCaller(request as unknown as IncomingMessage, trustedBy(setting));
  return request.headers;
}

test("a caller that is no trusted proxy has the socket's address, whatever its headers say", () => {
  expect(named("203.0.113.9")).toEqual({ "x-forwarded-for": "203.0.113.9" });
  expect(named("::ffff:203.0.113.9", "10.0.0.0/8")).toEqual({ "x-forwarded-for": "203.0.113.9" });
  expect(named("fe80::1%eth0", "10.0.0.0/8, 2001:db8::/32")).toEqual({
    "x-forwarded-for": "fe80::1",
  });
});

test("a known proxy is believed", () => {
  for (const [from, setting] of [
    ["::ffff:10.1.2.3", "10.0.0.0/8"],
    ["127.0.0.1", "127.0.0.1, ::1"],
    ["2001:db8::7", "2001:db8::/32"],
  ] as const) {
    expect(named(from, setting)["x-forwarded-for"], from).toBe("198.51.100.1");
  }
});

test("behind several known proxies the caller is the last address that is none of theirs", () => {
  const through = (told: string) =>
    named("10.0.0.1", "10.0.0.0/8, 203.0.113.7", { "x-forwarded-for": told })["x-forwarded-for"];
  expect(through("1.1.1.1, 198.51.100.9, 203.0.113.7")).toBe("198.51.100.9");
  expect(through("10.1.1.1, 10.2.2.2")).toBe("10.1.1.1"); // a caller in the proxies' network
  expect(through("")).toBe("10.0.0.1");
});

test("a setting that names no address trusts nobody", () => {
  for (const setting of ["x", "10.0.0.0/99", ",", undefined]) {
    expect(named("10.0.0.1", setting)["x-forwarded-for"]).toBe("10.0.0.1");
  }
});
