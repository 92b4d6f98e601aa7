import { expect, test } from "vitest";

import { html, joined } from "./html";

test("a value is escaped in content and in quoted attributes, and HTML is kept", () => {
  const value = `"><script>alert('x')</script>&amp;`;
  const { text } = html`<p title="${value}">${value}${html`<b>${1}</b>`}</p>`;
  expect(text).not.toContain("<script");
  expect(text.match(/[<>]/g)).toHaveLength(8);
  const shown = new RegExp(`^<p title="([^"]*)">(.*)<b>1</b></p>$`).exec(text);
  expect(shown?.[1]).toBe(shown?.[2]);
  expect(shown?.[1]).toContain("&amp;amp;");
});

test("nothing is written for a value that is absent", () => {
  expect(html`<i>${null}${undefined}${false}</i>`.text).toBe("<i></i>");
  expect(joined([html`<i>${0}</i>`, html`<b></b>`]).text).toBe("<i>0</i><b></b>");
});
