import { expect, test } from "vitest";

import { answered } from "./client";
import { ApiProblem } from "./problem";

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
