import { expect, test } from "vitest";

import type { ApiTokens } from "./api-tokens";
import { SignedOut } from "./api-tokens";
import { authorizedFetch } from "./authorized-fetch";

function fetchWith(tokens: string[], believed: string) {
  const seen: string[] = [];
  let left = "";
  const store = {
    get: () => (tokens[0] ? Promise.resolve(tokens[0]) : Promise.reject(new SignedOut())),
    refused: () => void tokens.shift(),
  };
  const send = async (request: Request) => {
    const token = request.headers.get("Authorization")?.slice("Bearer ".length) ?? "";
    seen.push(`${token}: ${await request.text()}`);
    return new Response(null, { status: token === believed ? 200 : 401 });
  };
  const leave = { toSignIn: () => (left = "sign-in"), toItself: () => (left = "itself") };
  const call = authorizedFetch(store as unknown as ApiTokens, send as typeof fetch, {
    toSignIn: () => void leave.toSignIn(),
    toItself: () => void leave.toItself(),
  });
  return { call, seen, left: () => left };
}

const post = () => new Request("http://localhost/api/me/tasks", { method: "POST", body: "milk" });

test("a refused call is sent once more, whole, with a new token", async () => {
  const { call, seen } = fetchWith(["old", "new"], "new");
  expect((await call(post())).status).toBe(200);
  expect(seen).toEqual(["old: milk", "new: milk"]);
});

test("a call that is refused twice answers 401", async () => {
  const { call, seen } = fetchWith(["old", "older"], "none");
  expect((await call(post())).status).toBe(401);
  expect(seen).toHaveLength(2);
});

test("without a session the browser is sent to sign in", async () => {
  const { call, left } = fetchWith([], "none");
  await expect(call(post())).rejects.toThrow(SignedOut);
  expect(left()).toBe("sign-in");
});
