// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { MarkdownText } from "./markdown";
import { isReadable } from "./readable";

afterEach(cleanup);

const shown = (text: string) => render(<MarkdownText text={text} />).container;
const tagsIn = (element: Element) => [
  ...new Set([...element.querySelectorAll("*")].map(({ tagName }) => tagName.toLowerCase())),
];

test("HTML is text", () => {
  const text =
    '<script>x()</script> <img src="x" onerror="x()"> <b>b</b>\n\n<iframe src="/"></iframe>';
  const container = shown(text);
  expect(tagsIn(container)).toEqual(["div"]);
  expect(container.textContent).toContain("<script>");
});

test.each([
  ["![cat](https://e.example/c.png)", "cat (e.example/c.png)", "https://e.example/c.png"],
  ["![](https://e.example/c.png)", "picture (e.example/c.png)", "https://e.example/c.png"],
  ["![cat][1]\n\n[1]: https://e.example/c", "cat (e.example/c)", "https://e.example/c"],
  [
    "[![cat](https://in.example/)](https://out.example/)",
    "cat (out.example)",
    "https://out.example/",
  ],
  ["[bank.com](https://e.example/x)", "bank.com (e.example/x)", "https://e.example/x"],
  ["https://e.example/x", "https://e.example/x", "https://e.example/x"],
  ["<https://e.example/x>", "https://e.example/x", "https://e.example/x"],
])("%s is a link that says where it goes", (text, words, href) => {
  const container = shown(text);
  expect(container.textContent).toBe(words);
  expect([...container.querySelectorAll("a")].map((one) => one.href)).toEqual([href]);
  expect(container.querySelector("img")).toBeNull();
});

test.each([
  "[x](javascript:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](data:text/html,x)",
  "[x](/account)",
  "[x](//e.example)",
  "![x](javascript:alert(1))",
  "![x](data:image/svg+xml,x)",
  "[x][1]\n\n[1]: javascript:alert(1)",
  "<javascript:alert(1)>",
  "x[^1]\n\n[^1]: note",
])("%s has no link", (text) => {
  expect(shown(text).querySelector("a, img")).toBeNull();
});

test("text in another direction keeps its direction", () => {
  expect(shown("שלום").querySelector("p")?.getAttribute("dir")).toBe("auto");
});

test.each([
  "*_".repeat(12_500),
  ">".repeat(50_000),
  ">".repeat(3_000) + "x",
  "- ".repeat(200) + "x",
  "1. ".repeat(20) + "x",
  "|a".repeat(25_000) + "\n" + "|-".repeat(25_000),
  "[^1]".repeat(12_500) + "\n\n[^1]: x",
  "* a\n".repeat(12_500),
  "[a](".repeat(12_500),
  "a\n".repeat(25_000),
  "www.a.co ".repeat(5_555),
])("an answer that would take long to read is shown as it is: %#", (text) => {
  expect(isReadable(text)).toBe(false);
  const container = shown(text);
  expect(tagsIn(container)).toEqual(["p"]);
  expect(container.textContent).toBe(text);
});

test("a long answer of the usual kind is read", () => {
  const text = "# Plan\n\n- **One**: do it by [Friday](https://e.example/)\n".repeat(100);
  expect(isReadable(text)).toBe(true);
  expect(isReadable("> > quoted twice\n\n- a\n  - b\n    - c")).toBe(true);
  expect(tagsIn(shown("- **a**\n  - b"))).toEqual(["div", "ul", "li", "strong"]);
});
