// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";

import type { Html } from "@/ui/html";

import { checkbox, emailField, field, hidden, link, message, problem } from "./parts";

beforeEach(() => (document.body.innerHTML = ""));

/** The only element of that kind, as a browser reads the part. */
function read(part: Html, selector: string): HTMLElement {
  document.body.innerHTML = part.text;
  const found = document.querySelectorAll<HTMLElement>(selector);
  if (found.length !== 1 || !found[0]) throw new Error(`${String(found.length)} of ${selector}`);
  return found[0];
}

/** The only input. */
function input(part: Html): HTMLInputElement {
  const found = read(part, "input");
  if (found instanceof HTMLInputElement) return found;
  throw new Error("This is no input.");
}

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;`;

test("a field keeps its text, whatever it is", () => {
  const shown = input(emailField({ value: HOSTILE }));
  expect(shown.value).toBe(HOSTILE);
  expect(document.querySelector("script, img")).toBeNull();
});

test("a password is never written into a page", () => {
  const part = field({
    name: "password",
    label: "Password",
    type: "password",
    value: "a secret sentence",
    autocomplete: "current-password",
    longest: 128,
  });
  expect(part.text).not.toContain("a secret sentence");
});

test("a field has its label, and names its error in place of its hint", () => {
  const options = { name: "code", label: "Code", autocomplete: "off", longest: 100 };
  const shown = input(
    field({ ...options, hint: "Printed at the start.", error: "That is not it." }),
  );
  expect(shown.labels?.[0]?.textContent).toBe("Code");
  expect(shown.getAttribute("aria-invalid")).toBe("true");
  const told = document.getElementById(shown.getAttribute("aria-describedby") ?? "");
  expect(told?.textContent).toBe("That is not it.");
});

test("a field without an error is not invalid, and its hint is its description", () => {
  const options = { name: "code", label: "Code", autocomplete: "off", longest: 100 };
  const shown = input(field({ ...options, hint: "Printed." }));
  expect(shown.hasAttribute("aria-invalid")).toBe(false);
  expect(document.getElementById("code-told")?.textContent).toBe("Printed.");
  const bare = input(field(options));
  expect(bare.hasAttribute("aria-describedby")).toBe(false);
});

test("a right that cannot be removed is ticked and fixed", () => {
  const options = { name: "tasks:read", label: "Read", detail: "Your list", checked: true };
  const fixed = input(checkbox({ ...options, fixed: true }));
  expect([fixed.checked, fixed.disabled]).toEqual([true, true]);
  const free = input(checkbox(options));
  expect([free.checked, free.disabled, free.labels?.length]).toEqual([true, false, 1]);
});

test("what stands in messages, links and hidden fields is text", () => {
  const part = read(message(HOSTILE, HOSTILE), "[role=status]");
  expect(part.querySelector("h1")?.textContent).toBe(HOSTILE);
  expect(read(problem(HOSTILE), "[role=alert]").textContent).toBe(HOSTILE);
  expect(input(hidden("oauth_query", HOSTILE)).value).toBe(HOSTILE);
  expect(read(link("/sign-in?next=%22", HOSTILE), "a").textContent).toBe(HOSTILE);
  expect(document.querySelector("script, img")).toBeNull();
});
