"use client";

import { useState } from "react";

import { Button } from "@/ui/button";
import { later, usePreloaded } from "@/ui/later";

import type { ChangePasswordProps } from "./change-password-dialog";

const ChangePasswordDialog = later<ChangePasswordProps>(() =>
  import("./change-password-dialog").then((loaded) => loaded.ChangePasswordDialog),
);

/** Changes the password of a signed-in person. */
export function ChangePassword() {
  const [open, setOpen] = useState(false);
  usePreloaded(ChangePasswordDialog);
  return (
    <>
      <p className="text-sm text-muted">
        A new password ends every other session. You choose whether it also ends agents and keys.
      </p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button onClick={() => setOpen(true)}>Change the password</Button>
        <a href="/forgot-password" className="text-sm text-muted underline">
          I do not know my password
        </a>
      </div>
      {open ? <ChangePasswordDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
