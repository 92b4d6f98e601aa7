import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, expect, test } from "vitest";

import { PROOF_HEADER } from "@/auth/proof-header";

import { someAddress } from "./addresses";
import { PASSWORD } from "./browser";
import { freePort } from "./ports";
import { type Product, start, SURELIST, withoutSettings } from "./stack";

const EMAIL = "ann@example.com";
const NAME = { name: "Ann" };

const place = mkdtempSync(join(tmpdir(), "surelist-moving-"));
const ports = { api: await freePort(), web: await freePort() };
let running: Product | undefined;

afterEach(() => running?.stop());
afterAll(() => rmSync(place, { recursive: true }));

const dataOf = (machine: string) => join(place, machine);

/** The product on that machine, always at the same address. */
async function started(machine: string, settings: Record<string, string> = {}): Promise<Product> {
  await running?.stop();
  return (running = await start(dataOf(machine), settings, ports));
}

/** Signs in or up, and returns the token that the page would get. */
async function tokenBy(how: "sign-in" | "sign-up", { web }: Product): Promise<string> {
  const proof = randomBytes(32).toString("base64url");
  const headers = { Origin: web, "X-Forwarded-For": someAddress(), [PROOF_HEADER]: proof };
  const answer = await fetch(`${web}/api/auth/${how}/email`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD, ...(how === "sign-up" && NAME) }),
  });
  expect(answer.status).toBe(200);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const token = await fetch(`${web}/api/auth/token`, { headers: { ...headers, cookie } });
  expect(token.status, "the page's token").toBe(200);
  return ((await token.json()) as { token: string }).token;
}

async function titles({ api }: Product, token: string): Promise<string[]> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${api}/api/me/tasks`, { headers });
  const { tasks } = (await answer.json()) as { tasks: { title: string }[] };
  return tasks.map(({ title }) => title);
}

async function add({ api }: Product, token: string, title: string): Promise<void> {
  const answer = await fetch(`${api}/api/me/tasks`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ title }),
  });
  expect(answer.status).toBe(201);
}

test("a person and their list outlive the secret, also one that is lost", async () => {
  const product = await started("first");
  await add(product, await tokenBy("sign-up", product), "Buy milk");
  const first = readFileSync(join(dataOf("first"), "secret"), "utf8");
  const [second, third] = [newSecret(), newSecret()];
  const changes: Record<string, string>[] = [
    { BETTER_AUTH_SECRET: second, BETTER_AUTH_SECRET_PREVIOUS: first },
    { BETTER_AUTH_SECRET: second },
    { BETTER_AUTH_SECRET: third },
  ];
  for (const settings of changes) {
    const again = await started("first", settings);
    const token = await tokenBy("sign-in", again);
    expect(await titles(again, token)).toEqual(["Buy milk"]);
  }
}, 180_000);

test("a backup brings people and their lists to another machine", async () => {
  const file = join(place, "backup");
  await started("first");
  const env = withoutSettings({});
  execFileSync(SURELIST, ["backup", file, "--data", dataOf("first")], { env });
  execFileSync(SURELIST, ["restore", file, "--data", dataOf("second")], { env });
  const moved = await started("second");
  const token = await tokenBy("sign-in", moved);
  expect(await titles(moved, token)).toEqual(["Buy milk"]);
  await add(moved, token, "Unpack");
}, 120_000);

const newSecret = () => randomBytes(32).toString("hex");
