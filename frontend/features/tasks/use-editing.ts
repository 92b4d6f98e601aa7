import { useEffect, useMemo, useRef, useState } from "react";

import { type Draft, draftOf, edited, type Edits } from "./drafts";
import type { Row, Sort } from "./filters";
import { rowOf } from "./lists";
import { isUnsaved, type Opened, openedIn, withOpened, type Written } from "./opened";
import { useCursor } from "./use-cursor";
import { useStable } from "./use-stable";
import { quoted } from "./words";

type Action = { label: string; altText: string; onPress: () => void };
type Tell = (message: { words: string; danger: true; action: Action }) => void;

/** The one form that is open among the rows, and the cursor that goes over them. Nothing but the
 * person closes the form: what is written is kept here, so that it outlives its place in the list. */
export function useEditing(listed: readonly Row[], sort: Sort, tell: Tell) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [written, setWritten] = useState<Written | null>(null);
  const rows = useMemo(
    () => (opened ? withOpened(listed, opened, sort) : listed),
    [listed, opened, sort],
  );
  const cursor = useCursor(rows);

  const again = useRef<(row: Row, already: Written) => void>(null);
  const open = useStable((row: Row, already: Written | null = null) => {
    if (opened && written && isUnsaved(written)) {
      const onPress = () => again.current?.(opened.row, written);
      tell({
        words: `What you wrote in ${quoted(opened.row.title)} is not saved.`,
        danger: true,
        action: { label: "Go back", altText: "Open the form with what you wrote", onPress },
      });
    }
    setOpened(openedIn(rows, row));
    setWritten(already);
    cursor.focusOn(row.id);
  });
  useEffect(() => {
    again.current = open;
  }, [open]);
  const reopen = useStable((seen: Written["seen"], edits: Edits) => {
    open(rowOf(seen), { seen, draft: draftOf(edited(seen, edits)) });
  });
  const write = (seen: Written["seen"], changed: Partial<Draft>) => {
    setWritten((now) => ({
      seen: now?.seen ?? seen,
      draft: { ...(now?.draft ?? draftOf(seen)), ...changed },
    }));
  };
  const discard = () => {
    setOpened(null);
    setWritten(null);
  };
  const close = (row: Row) => {
    discard();
    if (listed.some(({ id }) => id === row.id)) cursor.focusOn(row.id);
    else cursor.leave(row);
  };
  return {
    rows,
    cursor,
    opened,
    written,
    unsaved: isUnsaved(written),
    open,
    reopen,
    write,
    discard,
    close,
  };
}
