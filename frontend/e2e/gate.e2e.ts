import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { ENDPOINTS } from "@/auth/server/gate/endpoints";

import { someAddress } from "./addresses";
import { register } from "./agent";
import { askPeople } from "./database";
import { product } from "./product";

const MARKER = "zqmarkerzq";
const FORGED = `${MARKER}\n{"level":"info","message":"forged"}\n\u001b[2J\u001b]0;owned\u0007`;
const FORM = "application/x-www-form-urlencoded";

const web = () => product.web;
const log = () => readFileSync(join(product.data, "web.log"), "utf8");
const of = (more: Record<string, string>) => ({ "X-Forwarded-For": someAddress(), ...more });

/** Sends these parameters in the form that the endpoint takes. */
function send(
  { path, method, carrier }: (typeof ENDPOINTS)[number],
  parameters: Record<string, unknown>,
  more: Record<string, string> = {},
): Promise<Response> {
  const pairs = Object.entries(parameters).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const query = new URLSearchParams(pairs).toString();
  const url = `${web()}/api/auth${path}`;
  const redirect = "manual";
  if (method === "GET") return fetch(`${url}?${query}`, { redirect, headers: of(more) });
  const type = carrier === "form" ? FORM : "application/json";
  const headers = of({ Origin: web(), "Content-Type": type, ...more });
  const body = carrier === "form" ? query : JSON.stringify(parameters);
  return fetch(url, { method, redirect, headers, body });
}

/** Valid values for the other fields, so that a request with one hostile field gets as far as
 * possible. */
const GOOD: Record<string, unknown> = {
  email: "nobody@example.com",
  password: "a sentence is a good one",
  name: "Nobody",
  provider: "github",
  grant_type: "authorization_code",
  response_type: "code",
  redirect_uris: ["http://localhost:1/callback"],
};

test("the page prints nothing that a caller sends", async () => {
  for (const endpoint of ENDPOINTS) {
    const names = Object.keys(endpoint.parameters);
    const good = Object.fromEntries(
      names.filter((name) => name in GOOD).map((name) => [name, GOOD[name]]),
    );
    for (const name of [...names, MARKER]) {
      for (const value of [
        FORGED,
        `https://${MARKER}.example/${FORGED}`,
        [FORGED],
        { [FORGED]: 1 },
      ]) {
        await send(endpoint, { ...good, [name]: value });
      }
    }
    for (const header of ["Origin", "Referer", "User-Agent", "Content-Type", "X-Surelist-Person"]) {
      await send(endpoint, good, { [header]: `https://${MARKER}.example/` });
    }
    await send(endpoint, good, { Cookie: `surelist.session_token=${MARKER}; ${MARKER}=${MARKER}` });
    await send(endpoint, good, { Authorization: `Basic ${btoa(`${MARKER}:${MARKER}`)}` });
    await send(endpoint, good, { "Accept-Language": MARKER, Accept: MARKER });
  }
  for (const path of [
    "/",
    "/sign-in",
    "/consent",
    "/sign-in-error",
    "/no-such-page",
    "/_next/image",
  ]) {
    const query = new URLSearchParams({ next: FORGED, error: FORGED, url: FORGED, back: FORGED });
    await fetch(`${web()}${path}?${query.toString()}`, { redirect: "manual", headers: of({}) });
    await fetch(`${web()}${path}/${MARKER}%0a%1b`, { redirect: "manual", headers: of({}) });
    await fetch(`${web()}${path}`, { method: "POST", body: FORGED, headers: of({}) });
    const action = of({ "Next-Action": MARKER, "Content-Type": "text/plain" });
    await fetch(`${web()}${path}`, { method: "POST", body: FORGED, headers: action });
  }
  expect(log()).toContain("Invalid callbackURL"); // something was printed
  expect(log()).not.toContain(MARKER);
  expect(log()).not.toContain("forged");
  // eslint-disable-next-line no-control-regex
  expect(log()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  expect(
    Math.max(
      ...log()
        .split("\n")
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(200);
}, 300_000);

test("U+0000 is refused at every door before the database is asked", async () => {
  for (const endpoint of ENDPOINTS) {
    for (const name of [...Object.keys(endpoint.parameters), "unknown"]) {
      const { status } = await send(endpoint, { [name]: "a\0b" });
      expect(status, `${endpoint.path} ${name}`).toBe(400);
    }
  }
  for (const path of ["/", "/consent", "/reset-password", "/sign-in-error"]) {
    const { status } = await fetch(`${web()}${path}?client_id=%00&token=%00`, { headers: of({}) });
    expect(status, path).toBe(400);
  }
});

test("a request that is too large is refused, and not remembered", async () => {
  const large = JSON.stringify({ callbackURL: "x".repeat(9_000_000) });
  const json = { Origin: web(), "Content-Type": "application/json" };
  for (const path of ["/sign-out", "/oauth2/register", "/no-such-endpoint"]) {
    const answer = await fetch(`${web()}/api/auth${path}`, {
      method: "POST",
      headers: of(json),
      body: large,
    }).catch(() => null); // the server may close the connection during the request
    expect([undefined, 413], path).toContain(answer?.status);
  }
  const before = log().length;
  expect(before).toBeLessThan(1_000_000);
});

test("only public answers of the sign-in server can be cached", async () => {
  for (const endpoint of ENDPOINTS) {
    const { headers } = await send(endpoint, {});
    expect(headers.get("X-Content-Type-Options"), endpoint.path).toBe("nosniff");
    if (endpoint.cacheable) continue;
    expect(headers.get("Cache-Control"), endpoint.path).toBe("no-store");
  }
  const away = await fetch(`${web()}/api/auth/no-such-endpoint`, { headers: of({}) });
  expect([away.status, away.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
});

test("nobody stores more by registering than a client needs, and it is swept when nobody uses it", async () => {
  const redirect_uris = ["http://127.0.0.1:8/cb"];
  const long = await register({ redirect_uris, client_name: "x".repeat(201) });
  expect([long.status, long.body["error"]]).toEqual([400, "invalid_client_metadata"]);
  const many = await register({ redirect_uris: Array(11).fill(redirect_uris[0]) });
  expect([many.status, many.body["error"]]).toEqual([400, "invalid_redirect_uri"]);
  await askPeople(`INSERT INTO "oauthClient" (id, "clientId", "redirectUris", "createdAt", "consentedAt")
     SELECT 'old-' || n, 'old-' || n, '[]', now() - interval '25 hours',
       CASE WHEN n = 1 THEN now() END FROM generate_series(1, 151) AS n`);
  const left = async () => {
    const counted = `SELECT count(*)::int AS left FROM "oauthClient" WHERE id LIKE 'old-%'`;
    return (await askPeople<{ left: number }>(counted))[0]?.left;
  };
  expect((await register({ redirect_uris })).status).toBe(201);
  expect(await left()).toBe(51); // a hundred at a time
  expect((await register({ redirect_uris })).status).toBe(201);
  expect(await left()).toBe(1); // the client that somebody has allowed
});

test("of clients that nobody has let in a number is kept, the newest", async () => {
  await askPeople(`INSERT INTO "oauthClient" (id, "clientId", "redirectUris", "createdAt")
     SELECT 'many-' || n, 'many-' || n, '[]', now() - n * interval '1 second'
     FROM generate_series(1, 5050) AS n`);
  const { body } = await register({ redirect_uris: ["http://127.0.0.1:8/cb"] });
  const [kept] = await askPeople<{ known: boolean; newest: number; oldest: number }>(
    `SELECT bool_or("clientId" = $1) AS known,
       count(*) FILTER (WHERE id LIKE 'many-%' AND "createdAt" > now() - interval '4000 s')::int
         AS newest,
       count(*) FILTER (WHERE id IN ('many-5048', 'many-5049', 'many-5050'))::int AS oldest
     FROM "oauthClient"`,
    [body["client_id"]],
  );
  expect(kept).toMatchObject({ known: true, oldest: 0 });
  expect(kept?.newest).toBeGreaterThan(3900);
  await askPeople(`DELETE FROM "oauthClient" WHERE id LIKE 'many-%'`);
});
