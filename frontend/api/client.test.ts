// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

import { answered, api } from "./client";
import { ApiProblem } from "./problem";

const sent = vi.hoisted(() => [] as Request[]);
const answers = vi.hoisted(() => [] as Response[]);

vi.mock("@/auth/authorized-fetch", () => ({
  fetchAsPerson: (request: Request) => {
    sent.push(request);
    return Promise.resolve(answers.shift() ?? new Response(null, { status: 204 }));
  },
}));

beforeEach(() => {
  sent.length = 0;
});

test("a call has its path, query, headers and body", async () => {
  answers.push(Response.json({ tasks: [] }));
  const query = { q: "a b&c", tag: ["x", "y"], cursor: undefined };
  const params = { path: { user_id: "me/.." }, query } as never;
  const { data } = await api.GET("/api/{user_id}/tasks", { params });
  expect(data).toEqual({ tasks: [] });
  const address = new URL(sent[0]?.url ?? "");
  expect(address.pathname + address.search).toBe("/api/me%2F../tasks?q=a+b%26c&tag=x&tag=y");
  const headers = { "Idempotency-Key": "k" };
  const path = { user_id: "me" };
  await api.POST("/api/{user_id}/tasks", { params: { path }, body: { title: "ä" }, headers });
  expect(await sent[1]?.json()).toEqual({ title: "ä" });
  expect(sent[1]?.headers.get("Content-Type")).toBe("application/json");
  expect(sent[1]?.headers.get("Idempotency-Key")).toBe("k");
});

test("an answer without a body has no data, and a refusal has its body, JSON or not", async () => {
  const call = () => api.GET("/api/{user_id}", { params: { path: { user_id: "me" } } });
  expect((await call()).data).toBeUndefined();
  answers.push(Response.json({ code: "x" }, { status: 409 }), new Response("<b>", { status: 502 }));
  expect((await call()).error).toEqual({ code: "x" });
  expect((await call()).error).toBe("<b>");
});

const refuse = (status: number, body: unknown, headers: HeadersInit = {}) =>
  answered(Promise.resolve({ error: body, response: new Response(null, { status, headers }) }));

test("an answer is its data", async () => {
  const response = new Response(null, { status: 200 });
  expect(await answered(Promise.resolve({ data: { id: 1 }, response }))).toEqual({ id: 1 });
});

test("a refusal has its kind, its sentence and the current task", async () => {
  const body = { type: "urn:surelist:conflict", detail: "Others changed it.", task: { id: 1 } };
  const problem: unknown = await refuse(409, body).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(ApiProblem);
  expect(problem).toMatchObject({
    status: 409,
    kind: "conflict",
    message: "Others changed it.",
    task: { id: 1 },
    retryAfter: null,
  });
});

test("a refusal that is not ours has a sentence too", async () => {
  await expect(refuse(502, "<html>", { "Retry-After": "5" })).rejects.toMatchObject({
    kind: "unknown",
    message: "The server answered 502.",
    retryAfter: 5,
  });
});
