import { expect, test } from "vitest";

import { AnotherUser, type ApiTokens, ProofNeeded, SignedOut } from "./api-tokens";
import { authorizedFetch } from "./authorized-fetch";

type World = {
  /** What is handed out as tokens, one after the other. */
  tokens?: string[];
  /** Asked for a token when none is left. */
  without?: Error;
  believed?: string;
  challenge?: string;
  confirms?: boolean;
};

function fetchIn({ tokens = [], without, believed = "", challenge, confirms }: World) {
  const seen: string[] = [];
  const told: string[] = [];
  const store = {
    get: () => (tokens[0] ? Promise.resolve(tokens[0]) : Promise.reject(without ?? new Error())),
    refused: () => void tokens.shift(),
  };
  const send = async (request: Request) => {
    const token = request.headers.get("Authorization")?.slice("Bearer ".length) ?? "";
    seen.push(`${token}: ${await request.text()}`);
    const response = new Response(null, { status: token === believed ? 200 : 401 });
    if (challenge) response.headers.set("WWW-Authenticate", challenge);
    return response;
  };
  const call = authorizedFetch({
    tokens: store as unknown as ApiTokens,
    send: send as typeof fetch,
    leave: {
      toSignIn: (reason) => told.push(`sign-in ${reason ?? ""}`.trim()),
      toItself: () => told.push("itself"),
    },
    confirm: () => {
      told.push("confirm");
      return Promise.resolve(confirms ?? false);
    },
    wait: () => {
      told.push("wait");
      return Promise.resolve();
    },
  });
  return { call, seen, told };
}

const post = () => new Request("http://localhost/api/me/tasks", { method: "POST", body: "milk" });
const CHALLENGE = 'Bearer error="insufficient_user_authentication", max_age="600"';

test("a refused call is sent once more, whole, with a new token", async () => {
  const { call, seen, told } = fetchIn({ tokens: ["old", "new"], believed: "new" });
  expect((await call(post())).status).toBe(200);
  expect(seen).toEqual(["old: milk", "new: milk"]);
  expect(told).toEqual([]);
});

test("a call that is refused twice waits for the next second, then answers", async () => {
  const { call, seen, told } = fetchIn({ tokens: ["old", "older", "oldest"], believed: "none" });
  expect((await call(post())).status).toBe(401);
  expect(seen).toHaveLength(3);
  expect(told).toEqual(["wait"]);
});

test("a sign-in of long ago is confirmed, and the call then goes on, whole", async () => {
  const world = { tokens: ["old", "new", "confirmed"], believed: "confirmed", confirms: true };
  const { call, seen, told } = fetchIn({ ...world, challenge: CHALLENGE });
  expect((await call(post())).status).toBe(200);
  expect(seen.at(-1)).toBe("confirmed: milk");
  expect(told).toEqual(["confirm"]);
});

test("a sign-in that is not confirmed leaves the refusal as it is", async () => {
  const { call, seen } = fetchIn({ tokens: ["old", "new", "newer"], challenge: CHALLENGE });
  expect((await call(post())).status).toBe(401);
  expect(seen).toHaveLength(2);
});

test.each([
  [SignedOut, "sign-in ended"],
  [ProofNeeded, "sign-in proof"],
  [AnotherUser, "itself"],
])("without a token the browser goes to where that is mended: %o", async (Without, place) => {
  const { call, told } = fetchIn({ without: new Without() });
  await expect(call(post())).rejects.toThrow(Without);
  expect(told).toEqual([place]);
});
