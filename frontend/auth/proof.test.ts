// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";

import { forgetProof, NothingKept, shownProof, startSession } from "./proof";
import { PROOF_HEADER } from "./proof-header";

const PROOF = /^[A-Za-z0-9_-]{43}$/;

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

/** Starts a session that the server grants or refuses, and returns the proof that was sent. */
async function started(error: string | null = null): Promise<string> {
  let sent = "";
  await startSession((headers) => {
    sent = headers[PROOF_HEADER] ?? "";
    return Promise.resolve({ error });
  });
  return sent;
}

const shown = () => (shownProof()[PROOF_HEADER] ?? "").split(" ");

test("each session has a proof of its own, shown from then on", async () => {
  const [one, two] = [await started(), await started()];
  expect(one).toMatch(PROOF);
  expect(two).toMatch(PROOF);
  expect(two).not.toBe(one);
  expect(shown()).toEqual([two, one]);
  await started();
  expect(shown()).not.toContain(one);
});

test("a sign-in that is refused, or is not answered, leaves the proof of the session before", async () => {
  const one = await started();
  await started("INVALID_EMAIL_OR_PASSWORD");
  const lost = startSession(() => Promise.reject(new Error("lost")));
  await expect(lost).rejects.toThrow("lost");
  expect(shown()).toEqual([one]);
});

test("nothing is shown after it was forgotten", async () => {
  await started();
  forgetProof();
  expect(shownProof()).toEqual({});
});

test("a browser that keeps nothing starts no session, and shows nothing", async () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const send = vi.fn();
  await expect(startSession(send)).rejects.toThrow(NothingKept);
  expect(send).not.toHaveBeenCalled();
  expect(shownProof()).toEqual({});
});
