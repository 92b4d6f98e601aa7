"use client";

import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";

/** What is shown in place of a page that could not be made. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <Notice title="This page could not be shown">
      <p>Nothing in your list was changed by it.</p>
      <Button className="mt-4" onClick={reset}>
        Try again
      </Button>
    </Notice>
  );
}
