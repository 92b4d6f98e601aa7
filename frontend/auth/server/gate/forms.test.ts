import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { BODY_BYTES } from "./endpoints";
import { admitForm, FORMS, isRefused } from "./forms";

const ORIGIN = "https://tasks.example.com";
const FORM = "application/x-www-form-urlencoded";
const GOOD = { Origin: ORIGIN, "Content-Type": FORM, "Sec-Fetch-Site": "same-origin" };

/** The reason of the refusal; the fields if the form is accepted. */
async function sent(body: BodyInit, headers: Record<string, string> = GOOD) {
  const request = new Request(`${ORIGIN}/sign-in`, { method: "POST", body, headers });
  const fields = await admitForm(request, "/sign-in", ORIGIN);
  return isRefused(fields) ? fields.refused : Object.fromEntries(fields);
}

test("the specification names these forms and no others, with their fields", () => {
  const spec = readFileSync(new URL("../../../../specs/auth.md", import.meta.url), "utf8");
  const section = spec.split("\n## The forms\n")[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `/"));
  expect(rows.map((row) => /`([^`]+)`/.exec(row)?.[1])).toEqual(Object.keys(FORMS));
  for (const [path, parameters] of Object.entries(FORMS)) {
    const row = rows.find((line) => line.startsWith(`| \`${path}\``)) ?? "";
    for (const name of Object.keys(parameters)) expect(row, path).toContain(`\`${name}\``);
  }
});

test("a form of this origin is accepted, also from a browser without Sec-Fetch-Site", async () => {
  const fields = { email: "ann@example.com", password: "ä b" };
  const body = new URLSearchParams(fields).toString();
  expect(await sent(body)).toEqual(fields);
  expect(await sent(body, { Origin: ORIGIN, "Content-Type": `${FORM};charset=UTF-8` })).toEqual(
    fields,
  );
  expect(await sent("")).toEqual({});
  expect(await sent("email=&email=&password=x&password=x")).toEqual({ password: "x" });
});

test.each([
  [{ ...GOOD, Origin: "https://evil.example" }],
  [{ ...GOOD, Origin: `${ORIGIN}:8443` }],
  [{ ...GOOD, Origin: ORIGIN.replace("https", "http") }],
  [{ ...GOOD, Origin: "null" }],
  [{ "Content-Type": FORM, "Sec-Fetch-Site": "same-origin" }],
  [{ ...GOOD, "Sec-Fetch-Site": "same-site" }], // another port of this host
  [{ ...GOOD, "Sec-Fetch-Site": "cross-site" }],
  [{ ...GOOD, "Sec-Fetch-Site": "none" }],
])("a form of another origin is refused: %o", async (headers) => {
  expect(await sent("email=ann%40example.com", headers)).toBe("INVALID_ORIGIN");
});

test.each(["application/json", "text/plain", "multipart/form-data; boundary=x", ""])(
  "another content type is refused: %s",
  async (type) => {
    expect(await sent("email=a", { ...GOOD, "Content-Type": type })).toBe("UNSUPPORTED_MEDIA_TYPE");
  },
);

test.each([
  ["email=a&email=b", "REPEATED_PARAMETER"],
  ["email=a&remember=1", "UNKNOWN_PARAMETER"],
  ["__proto__=1", "UNKNOWN_PARAMETER"],
  [`email=${"a".repeat(321)}`, "WRONG_PARAMETER"],
  [`proof=${"a".repeat(44)}`, "WRONG_PARAMETER"],
  ["email=a%00b", "NOT_TEXT"],
  [new Uint8Array([0x65, 0x3d, 0xff]), "NOT_TEXT"],
  [`email=${"a".repeat(BODY_BYTES)}`, "BODY_TOO_LARGE"],
])("a hostile body is refused", async (body, reason) => {
  expect(await sent(body)).toBe(reason);
});
