"use client";

import type { DialogProps } from "./dialog-window";
import { later, usePreloaded } from "./later";

const DialogWindow = later<DialogProps>(() =>
  import("./dialog-window").then((loaded) => loaded.DialogWindow),
);

/** A modal dialog. Escape, a press outside or its close button close it. Its code is not part of a
 * page's first load. */
export function Dialog(props: DialogProps) {
  usePreloaded(DialogWindow);
  return props.open ? <DialogWindow {...props} /> : null;
}
