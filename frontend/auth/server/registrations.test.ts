import { expect, test } from "vitest";

import { faultIn } from "./registrations";

const GOOD = {
  client_name: "Claude Code",
  redirect_uris: ["http://localhost:1234/callback"],
  client_uri: "https://claude.ai/",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

test("what known clients say of themselves is taken", () => {
  expect(faultIn(GOOD)).toBeNull();
  expect(
    faultIn({ redirect_uris: Array.from({ length: 10 }, () => "http://localhost/") }),
  ).toBeNull();
});

test("no field is kept that is too long, too many or of another kind", () => {
  const long = "x".repeat(2001);
  for (const [field, value] of [
    ["client_name", "x".repeat(201)],
    ["client_uri", `https://x.example/${long}`],
    ["client_uri", "http://x.example/"],
    ["client_uri", "javascript:alert(1)"],
    ["client_uri", "x"],
    ["software_id", "x".repeat(501)],
    ["software_version", "x".repeat(501)],
    ["scope", "x".repeat(1001)],
    ["grant_types", Array.from({ length: 11 }, () => "x")],
    ["response_types", ["x".repeat(101)]],
    ["token_endpoint_auth_method", "x".repeat(51)],
    ["application_type", "x".repeat(21)],
    ["client_name", 1],
    ["grant_types", "authorization_code"],
  ] as const) {
    expect(faultIn({ ...GOOD, [field]: value })?.error, field).toBe("invalid_client_metadata");
  }
  for (const redirect_uris of [
    Array.from({ length: 11 }, () => "http://localhost/"),
    [`https://x.example/${long}`],
    [1],
    "http://localhost/",
  ]) {
    expect(faultIn({ ...GOOD, redirect_uris })?.error).toBe("invalid_redirect_uri");
  }
});
