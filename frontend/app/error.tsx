"use client";

import { Notice } from "@/ui/notice";

/** What is shown in place of a page that could not be made. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <Notice title="This page could not be shown">
      <p>Nothing in your list was changed by it.</p>
      <button
        type="button"
        className="mt-4 h-10 rounded-lg border border-line-strong bg-surface px-4 text-sm font-medium hover:bg-hover pointer-coarse:h-11"
        onClick={reset}
      >
        Try again
      </button>
    </Notice>
  );
}
