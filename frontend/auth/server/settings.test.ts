import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test, vi } from "vitest";

import { read } from "./settings";

vi.mock("server-only", () => ({}));

const DATABASE = { AUTH_DATABASE_URL: "postgresql://auth" };
const SECRET = "s".repeat(43);
const NEEDED = { ...DATABASE, SURELIST_PAGE_SECRET: SECRET };

const place = mkdtempSync(join(tmpdir(), "surelist-settings-"));
afterAll(() => rmSync(place, { recursive: true }));

test.each(["BETTER_AUTH_SECRET", "BETTER_AUTH_SECRET_PREVIOUS"])(
  "the page does not start with %s, and says what to give it instead",
  (name) => {
    const started = () => read({ ...NEEDED, [name]: "r".repeat(64) });
    expect(started).toThrow(new RegExp(`${name} must not .*surelist page-secret`));
  },
);

test("the secrets can come from files, of which the earlier one may be missing or empty", () => {
  const file = join(place, "page-secret");
  const earlier = join(place, "page-secret-previous");
  const variables = {
    ...DATABASE,
    SURELIST_PAGE_SECRET_FILE: file,
    SURELIST_PAGE_SECRET_PREVIOUS_FILE: earlier,
  };
  expect(() => read(variables)).toThrow(/SURELIST_PAGE_SECRET_FILE: .* cannot be read/);
  writeFileSync(file, `${SECRET}\n`);
  expect(read(variables)).toMatchObject({ secret: SECRET, previousSecret: null });
  writeFileSync(earlier, "\n");
  expect(read(variables).previousSecret).toBeNull();
  writeFileSync(earlier, `${"p".repeat(43)}\n`);
  expect(read(variables).previousSecret).toBe("p".repeat(43));
});

test("a secret that is too short is refused", () => {
  expect(() => read({ ...DATABASE, SURELIST_PAGE_SECRET: "short" })).toThrow(
    /SURELIST_PAGE_SECRET/,
  );
});

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
