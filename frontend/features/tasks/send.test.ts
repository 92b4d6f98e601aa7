import { expect, test } from "vitest";

import { ApiProblem } from "@/api/problem";

import { sendOnce, Turns } from "./send";

const pause = () => Promise.resolve();
const problem = (status: number, after: number | null = null) =>
  new ApiProblem(status, "unavailable", "No.", null, after);

test("a call that does not arrive is sent again with the same key", async () => {
  const keys: string[] = [];
  const answer = await sendOnce(
    (headers) => {
      keys.push(headers["Idempotency-Key"]);
      return keys.length < 3 ? Promise.reject(new TypeError("network")) : Promise.resolve("done");
    },
    { pause },
  );
  expect(answer).toBe("done");
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
});

test("it waits as long as the server says", async () => {
  const waited: number[] = [];
  let calls = 0;
  await sendOnce(() => (calls++ ? Promise.resolve() : Promise.reject(problem(503, 7))), {
    pause: (milliseconds) => Promise.resolve(waited.push(milliseconds)),
  });
  expect(waited).toEqual([7000]);
});

test("what would have to wait for long is refused at once", async () => {
  let calls = 0;
  const call = () => {
    calls += 1;
    return Promise.reject(problem(429, 86_400));
  };
  await expect(sendOnce(call, { pause })).rejects.toThrow("No.");
  expect(calls).toBe(1);
});

test("what a proxy says of an API that starts anew is waited for", async () => {
  let calls = 0;
  const call = () => (calls++ ? Promise.resolve("done") : Promise.reject(problem(500)));
  expect(await sendOnce(call, { pause })).toBe("done");
});

test("a refusal is not sent again", async () => {
  let calls = 0;
  const call = () => {
    calls += 1;
    return Promise.reject(problem(412));
  };
  await expect(sendOnce(call, { pause })).rejects.toThrow("No.");
  expect(calls).toBe(1);
});

test("two actions have two keys", async () => {
  const key = () => sendOnce((headers) => Promise.resolve(headers["Idempotency-Key"]));
  expect(await key()).not.toBe(await key());
});

test("quick actions on one task go after each other, each upon what the last one made", async () => {
  const turns = new Turns();
  const sent: number[] = [];
  const act = (version: number) => {
    sent.push(version);
    return Promise.resolve({ version: version + 10 });
  };
  await Promise.all([turns.take(1, 5, act), turns.take(1, 5, act), turns.take(2, 3, act)]);
  expect(sent.toSorted((one, other) => one - other)).toEqual([3, 5, 15]);
});

test("an action that was refused does not stop the next one", async () => {
  const turns = new Turns();
  const refused = turns.take(1, 5, () => Promise.reject(problem(412)));
  const next = turns.take(1, 5, (version) => Promise.resolve({ version }));
  await expect(refused).rejects.toThrow();
  expect(await next).toEqual({ version: 5 });
});
