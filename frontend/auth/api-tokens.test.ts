import { expect, test } from "vitest";

import { AnotherUser, ApiTokens, ProofNeeded, SignedOut } from "./api-tokens";

const LIFETIME = 300;

function tokenOf(sub: string, number: number): string {
  const claims = { sub, iat: 1_000_000, exp: 1_000_000 + LIFETIME, number };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
}

/** A browser whose session is `user`'s, and what it was asked for. */
class Browser {
  asked = 0;
  clock = 0;
  user: string | null = "ann";

  tokens = new ApiTokens(
    () => {
      this.asked += 1;
      const body = this.user && { token: tokenOf(this.user, this.asked) };
      return Promise.resolve(Response.json(body, { status: body ? 200 : 401 }));
    },
    () => this.clock,
  );
}

test("a token is fetched once for all who ask at once, and kept", async () => {
  const browser = new Browser();
  const [one, two] = await Promise.all([browser.tokens.get(), browser.tokens.get()]);
  expect(one).toBe(two);
  expect(await browser.tokens.get()).toBe(one);
  expect(browser.asked).toBe(1);
});

test("another is fetched half a minute before it expires, whatever this machine's clock says", async () => {
  const browser = new Browser();
  const one = await browser.tokens.get();
  browser.clock += (LIFETIME - 31) * 1000;
  expect(await browser.tokens.get()).toBe(one);
  browser.clock += 2000;
  expect(await browser.tokens.get()).not.toBe(one);
});

test("a refused token is given up once, not the one that came after it", async () => {
  const browser = new Browser();
  const one = await browser.tokens.get();
  browser.tokens.refused(one);
  const two = await browser.tokens.get();
  browser.tokens.refused(one);
  expect(await browser.tokens.get()).toBe(two);
});

test("without a session it rejects with SignedOut, and works again after signing in", async () => {
  const browser = new Browser();
  browser.user = null;
  await expect(browser.tokens.get()).rejects.toThrow(SignedOut);
  browser.user = "ann";
  await expect(browser.tokens.get()).resolves.toContain(".");
});

test("a page never goes on with somebody else's token", async () => {
  const browser = new Browser();
  await browser.tokens.get();
  browser.user = "bob";
  browser.clock += LIFETIME * 1000;
  await expect(browser.tokens.get()).rejects.toThrow(AnotherUser);
});

test("a session that was not started here gives no token, and says so", async () => {
  const answer = Response.json({ code: "PROOF_NEEDED" }, { status: 403 });
  const tokens = new ApiTokens(() => Promise.resolve(answer));
  await expect(tokens.get()).rejects.toThrow(ProofNeeded);
});
