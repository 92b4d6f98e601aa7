// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

import { exampleTask } from "./example-task";
import { draftOf } from "./drafts";
import {
  dropDraft,
  dropText,
  isUnsaved,
  keepDraft,
  keptDraft,
  keptDrafts,
  textAt,
} from "./kept-drafts";

const seen = exampleTask();
const written = { seen, draft: { ...draftOf(seen), title: "Oat milk" } };

beforeEach(() => localStorage.clear());

test("unsaved text is kept for its person and task until it is dropped", () => {
  const key = keepDraft("ann", written);
  expect(keptDraft("ann", 1)?.draft.title).toBe("Oat milk");
  expect(keptDraft("ann", 2)).toBeNull();
  expect(keptDrafts("bob")).toEqual([]);
  dropDraft(key);
  expect(keptDrafts("ann")).toEqual([]);
});

test("text that equals the task is not kept", () => {
  keepDraft("ann", written);
  keepDraft("ann", { seen, draft: draftOf(seen) });
  expect(keptDrafts("ann")).toEqual([]);
});

test("a title that was emptied counts as unsaved", () => {
  expect(isUnsaved({ seen, draft: { ...draftOf(seen), title: "" } })).toBe(true);
});

test("text of an earlier load of the page is taken over, and not kept twice", () => {
  const earlier = "surelist.draft.ann.1.earlier";
  localStorage.setItem(earlier, JSON.stringify({ ...written, at: Date.now() }));
  const kept = keptDraft("ann", 1);
  expect(kept?.key).toBe(earlier);
  keepDraft("ann", { seen, draft: { ...written.draft, description: "2 litres" } }, kept?.key);
  expect(keptDrafts("ann")).toHaveLength(1);
});

test("text without a place in storage is kept in memory", () => {
  const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const key = keepDraft("ann", written);
  full.mockRestore();
  expect(keptDraft("ann", 1)?.draft.title).toBe("Oat milk");
  dropDraft(key);
});

test("broken and old entries are ignored", () => {
  localStorage.setItem("surelist.draft.ann.1.x", "{");
  localStorage.setItem("surelist.draft.ann.1.y", JSON.stringify({ ...written, at: 1 }));
  expect(keptDrafts("ann")).toEqual([]);
});

test("saved text is dropped, but not what was written since", () => {
  const key = keepDraft("ann", written);
  const text = textAt(key);
  keepDraft("ann", { seen, draft: { ...written.draft, title: "Soy milk" } });
  dropText(text);
  expect(keptDraft("ann", 1)?.draft.title).toBe("Soy milk");
  dropText(textAt(key));
  expect(keptDraft("ann", 1)).toBeNull();
});
