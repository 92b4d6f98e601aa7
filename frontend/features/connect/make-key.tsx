"use client";

import { useState } from "react";

import { Button } from "@/ui/button";
import { later } from "@/ui/later";

const MakeKeyDialog = later(() => import("./make-key-dialog").then((part) => part.MakeKeyDialog));

/** Makes a key for an agent that cannot use a browser, and shows it once. */
export function MakeKey({ url }: { url: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        Make a key
      </Button>
      {open ? <MakeKeyDialog url={url} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
