// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { confirmProof, forgetProof, shownProof } from "@/auth/proof";
import { PROOF_HEADER } from "@/auth/proof-header";

const SCRIPT = readFileSync(join(import.meta.dirname, "../../public/forms.js"), "utf8");
const PROOF = /^[A-Za-z0-9_-]{43}$/;
const FORM = `<form data-starts data-blocked="blocked"><input type="hidden" name="proof" />
  <p data-problem></p><button>Send</button></form>`;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(() => vi.restoreAllMocks());

/** Opens a page with this body and runs the script of the forms. */
function open(body: string): void {
  document.body.innerHTML = body;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function(SCRIPT)();
}

/** Sends the form; returns the proof in it, and whether the browser would send it. */
function send(): { proof: string; sent: boolean } {
  const form = document.forms[0];
  const event = new Event("submit", { cancelable: true });
  const sent = form?.dispatchEvent(event) ?? false;
  return { proof: document.querySelector<HTMLInputElement>("[name=proof]")?.value ?? "", sent };
}

const shown = () => (shownProof()[PROOF_HEADER] ?? "").split(" ").filter(Boolean);

test("each session has a proof of its own, and the one before stays until the next", () => {
  const proofs = [1, 2, 3].map(() => {
    open(FORM);
    const { proof } = send();
    confirmProof();
    return proof;
  });
  expect(proofs.every((proof) => PROOF.test(proof))).toBe(true);
  expect(new Set(proofs).size).toBe(3);
  expect(shown()).toEqual([proofs[2], proofs[1]]);
});

test("attempts that are refused, or not answered, keep the proof of the session before", () => {
  open(FORM);
  const { proof } = send();
  confirmProof();
  for (let count = 0; count < 3; count += 1) {
    open(FORM); // no answer came
    send();
  }
  open(`<div data-refused>${FORM}</div>`);
  expect(shown()).toEqual([proof]);
  send();
  expect(shown()).toHaveLength(2);
});

test("a form is sent once", () => {
  open(FORM);
  expect([send().sent, send().sent]).toEqual([true, false]);
});

test("a browser that stores nothing sends no form that starts a session, and says why", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(refuse);
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(refuse);
  open(FORM);
  expect(send()).toEqual({ proof: "", sent: false });
  expect(document.querySelector("[data-problem]")?.textContent).toBe("blocked");
  expect(shownProof()).toEqual({});
});

test("nothing is shown after the proofs were forgotten", () => {
  open(FORM);
  send();
  forgetProof();
  expect(shownProof()).toEqual({});
});
