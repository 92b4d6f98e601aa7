import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { BODY_BYTES, ENDPOINTS, REGISTRATION_BYTES } from "./endpoints";
import { type Admitted, admit } from "./gate";
import { pageRefusal } from "./pages";

const ORIGIN = "https://tasks.example.com";
const FORM = "application/x-www-form-urlencoded";
const SURROGATE = '{"email":"\\ud800"}';

const url = (path: string) => `${ORIGIN}/api/auth${path}`;

async function ask(path: string, init: RequestInit & { duplex?: string } = {}) {
  const [pathname = ""] = path.split("?");
  return admit(new Request(url(path), init), pathname, ORIGIN);
}

const post = (body: BodyInit, type = "application/json", more: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "Content-Type": type, Origin: ORIGIN, ...more },
  body,
});

/** The status of a refusal; 0 where the request has passed. */
async function statusOf(answer: Promise<Admitted | Response>): Promise<number> {
  const given = await answer;
  return given instanceof Response ? given.status : 0;
}

async function passed(answer: Promise<Admitted | Response>): Promise<Admitted> {
  const given = await answer;
  if (given instanceof Response) throw new Error(await given.text());
  return given;
}

test("the table in the specification names these endpoints and no others, with their parameters", () => {
  const spec = readFileSync(new URL("../../../../specs/auth.md", import.meta.url), "utf8");
  const section = spec.split("\n## The gate\n")[1]?.split("\n### ")[0] ?? "";
  const rows = section.split("\n").filter((line) => /^\| `(GET|POST) /.test(line));
  const named = rows.flatMap((row) =>
    [...row.matchAll(/`((?:GET|POST) \/[^`]*)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort());
  for (const { method, path, parameters } of ENDPOINTS) {
    const row = rows.find((line) => line.includes(`\`${method} ${path}\``)) ?? "";
    if (path === "/oauth2/register") continue; // a section of its own
    for (const name of Object.keys(parameters)) expect(row, path).toContain(`\`${name}\``);
  }
});

test("what has no row in the table is not there", async () => {
  for (const path of [
    "/verify-password",
    "/change-email",
    "/list-sessions",
    "/oauth2/delete-consent",
    "/oauth2/introspect",
    "/oauth2/userinfo",
    "/admin/oauth2/create-client",
    "/send-verification-email",
    "/sign-in/email/",
    "//sign-in/email",
    "/constructor",
    "",
  ]) {
    expect(await statusOf(ask(path)), path).toBe(404);
    expect(await statusOf(ask(path, post("{}"))), path).toBe(404);
  }
});

test("an endpoint takes its own methods and content type alone", async () => {
  for (const { path, carrier } of ENDPOINTS.filter(({ method }) => method === "POST")) {
    const methods = ENDPOINTS.filter((row) => row.path === path).map(({ method }) => method);
    if (!methods.includes("GET")) expect(await statusOf(ask(path)), path).toBe(405);
    expect(await statusOf(ask(path, { method: "DELETE" })), path).toBe(405);
    for (const type of ["text/plain", "multipart/form-data; boundary=x", "text/json", ""]) {
      expect(await statusOf(ask(path, post("x=y", type))), `${path} ${type}`).toBe(415);
    }
    const other = carrier === "form" ? "application/json" : FORM;
    expect(await statusOf(ask(path, post("x=y", other))), path).toBe(415);
  }
  const refused = (await ask("/token", post("{}"))) as Response;
  expect([refused.status, refused.headers.get("Allow")]).toEqual([405, "GET"]);
});

test("what changes something for the page comes from the page's own origin", async () => {
  const ofPage = ENDPOINTS.filter(({ caller, method }) => caller === "page" && method === "POST");
  expect(ofPage.length).toBeGreaterThan(5);
  for (const { path } of ofPage) {
    for (const origin of ["https://evil.example", "null", `${ORIGIN}.evil.example`, ""]) {
      expect(await statusOf(ask(path, post("{}", "application/json", { Origin: origin })))).toBe(
        403,
      );
    }
    expect(await statusOf(ask(path, { method: "POST", body: "{}" })), path).toBe(403);
  }
});

describe("parameters that an endpoint does not know", () => {
  test("are refused of our own page", async () => {
    const more = JSON.stringify({ email: "ann@example.com", password: "x", role: "admin" });
    expect(await statusOf(ask("/sign-up/email", post(more)))).toBe(400);
    expect(await statusOf(ask("/sign-out?x=y", post("{}")))).toBe(400);
    expect(await statusOf(ask("/token?x=y"))).toBe(400);
    const own = '{"__proto__": {"email": "x"}}';
    expect(await statusOf(ask("/sign-up/email", post(own)))).toBe(400);
  });

  test("are dropped of a client, so that nothing of a stranger's is signed", async () => {
    const evil = "IHsiYWxnIjoiSFMyNTYifQ.eyJpc3MiOiJ4In0";
    const query = `client_id=x&${evil}=&state=s&claims=x&toString=x&request_uri=x&scope=`;
    const { request } = await passed(ask(`/oauth2/authorize?${query}`));
    expect(new URL(request.url).search).toBe("?client_id=x&state=s");
    const form = await passed(ask(`/oauth2/authorize?${query}`, post(query, FORM)));
    expect(await form.request.text()).toBe("client_id=x&state=s");
    expect(new URL(form.request.url).search).toBe("");
    const registered = await passed(
      ask("/oauth2/register", post('{"client_name":"A","jwks_uri":"https://x","scope":null}')),
    );
    expect(await registered.request.json()).toEqual({ client_name: "A" });
  });
});

test("a parameter given twice counts once, and is refused with two values", async () => {
  const { query } = await passed(ask("/oauth2/authorize?state=a&state=a"));
  expect(query.getAll("state")).toEqual(["a"]);
  const refused = (await ask("/oauth2/authorize?client_id=a&client_id=b")) as Response;
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: "invalid_request" });
});

test("each parameter has a kind and a bound on its length", async () => {
  for (const { path, method, carrier, parameters } of ENDPOINTS) {
    for (const [name, bound] of Object.entries(parameters)) {
      const long = "x".repeat(bound.kind === "text" ? bound.longest + 1 : 10);
      const asked = new URLSearchParams({ [name]: long }).toString();
      const answer =
        carrier === "query"
          ? ask(`${path}?${asked}`)
          : carrier === "form"
            ? ask(path, post(asked, FORM))
            : ask(path, post(JSON.stringify({ [name]: long })));
      expect([400, 413], `${method} ${path} ${name}`).toContain(await statusOf(answer));
    }
  }
  for (const wrong of [
    '{"email": 1}',
    '{"email": ["x"]}',
    '{"email": {}}',
    "[]",
    '"x"',
    "{",
    "1",
  ]) {
    expect(await statusOf(ask("/sign-in/email", post(wrong))), wrong).toBe(400);
  }
});

function streamed(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull: (controller) => {
      if (left <= 0) {
        controller.close();
        return;
      }
      controller.enqueue(new Uint8Array(Math.min(left, 8192)).fill(32));
      left -= 8192;
    },
  });
}

test("a body beyond the bound is refused, by its length or while it is read", async () => {
  for (const { path, carrier, bodyBytes } of ENDPOINTS.filter(({ method }) => method === "POST")) {
    const type = carrier === "form" ? FORM : "application/json";
    const told = post("x", type, { "Content-Length": String(bodyBytes + 1) });
    expect(await statusOf(ask(path, told)), path).toBe(413);
    const untold = { ...post(streamed(bodyBytes + 1), type), duplex: "half" };
    expect(await statusOf(ask(path, untold)), path).toBe(413);
  }
  expect(REGISTRATION_BYTES).toBeLessThan(BODY_BYTES);
});

test("U+0000, half a surrogate pair and bytes that are no text are refused everywhere", async () => {
  expect(await statusOf(ask("/sign-in/email", post(SURROGATE)))).toBe(400);
  for (const { path, method, carrier, parameters } of ENDPOINTS) {
    const names = [...Object.keys(parameters), "unknown"];
    for (const name of names) {
      const query = `${name}=a%00b`;
      if (method === "GET") {
        expect(await statusOf(ask(`${path}?${query}`)), path).toBe(400);
        continue;
      }
      expect(await statusOf(ask(`${path}?unknown=%00`, post("{}"))), path).toBe(400);
      const sent = carrier === "form" ? post(query, FORM) : post(`{"${name}": "a\\u0000b"}`);
      expect(await statusOf(ask(path, sent)), `${path} ${name}`).toBe(400);
      const nested =
        carrier === "form" ? post("%00=x", FORM) : post(`{"${name}": [{"\\udfff": 1}]}`);
      expect(await statusOf(ask(path, nested)), `${path} ${name}`).toBe(400);
      const bytes = new Uint8Array([0x22, 0xff, 0xfe]);
      const type = carrier === "form" ? FORM : "application/json";
      expect(await statusOf(ask(path, post(bytes, type))), path).toBe(400);
    }
  }
});

test("a page refuses such a query, and such a body", async () => {
  const page = `${ORIGIN}/consent`;
  const status = async (asked: Request) => (await pageRefusal(asked))?.status ?? 0;
  expect(await status(new Request(`${page}?client_id=%00`))).toBe(400);
  expect(await status(new Request(`${page}?%00=x`))).toBe(400);
  expect(await status(new Request(`${page}?client_id=x`))).toBe(0);
  const body = (text: string) => new Request(page, { method: "POST", body: text });
  expect(await status(body("password=%00"))).toBe(400);
  expect(await status(body("\0"))).toBe(400);
  expect(await status(body("x".repeat(BODY_BYTES + 1)))).toBe(413);
  expect(await status(body("email=a&password=b"))).toBe(0);
});

test("no word of a request is in its refusal", async () => {
  const marker = "zqmarker";
  for (const asked of [
    ask(`/${marker}`),
    ask(`/token?${marker}=${marker}`),
    ask("/sign-out", post(`{"${marker}": 1}`)),
    ask("/sign-out", post(`{"${marker}`)),
    ask(`/oauth2/authorize?client_id=${marker}&client_id=x`),
  ]) {
    const answer = (await asked) as Response;
    expect(await answer.text()).not.toContain(marker);
  }
});
