import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState } from "react";

import { type Draft, draftOf, edited, type Edits } from "./drafts";
import type { Row, Sort } from "./filters";
import { useKeptEditing } from "./kept-editing";
import { rowOf } from "./lists";
import { isUnsaved, openedIn, withOpened, type Written } from "./opened";
import { useCursor } from "./use-cursor";
import { useStable } from "./use-stable";
import { quoted } from "./words";

type Action = { label: string; altText: string; onPress: () => void };
type Tell = (message: { words: string; danger: true; action: Action }) => void;

/** The one form that is open among the rows, and the cursor that goes over them. Nothing but the
 * person closes the form: what is written is kept here, so that it outlives its place in the list. */
export function useEditing(listed: readonly Row[], sort: Sort, tell: Tell) {
  const kept = useKeptEditing();
  const [opened, setOpened] = kept.opened;
  const [written, setWritten] = kept.written;
  /** Whether the form is there already, and not only its place. */
  const [ready, setReady] = useState(written !== null);
  const rows = useMemo(
    () => (opened ? withOpened(listed, opened, sort) : listed),
    [listed, opened, sort],
  );
  const cursor = useCursor(rows);

  const router = useRouter();
  /** Opens a form again, from wherever the person has gone meanwhile. */
  const again = useStable((row: Row, already: Written) => {
    kept.reopen(row, already);
    if (window.location.pathname !== "/") router.push("/");
  });
  const open = useStable((row: Row, already: Written | null = null) => {
    if (opened && written && isUnsaved(written)) {
      const onPress = () => again(opened.row, written);
      tell({
        words: `What you wrote in ${quoted(opened.row.title)} is not saved.`,
        danger: true,
        action: { label: "Go back", altText: "Open the form with what you wrote", onPress },
      });
    }
    setOpened(openedIn(rows, row));
    setWritten(already);
    setReady(false);
    cursor.focusOn(row.id);
  });
  const { reopenBy } = kept;
  useEffect(() => reopenBy(open), [reopenBy, open]);
  const reopen = useStable((seen: Written["seen"], edits: Edits) => {
    again(rowOf(seen), { seen, draft: draftOf(edited(seen, edits)) });
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
    ready,
    onReady: useStable(() => setReady(true)),
    open,
    reopen,
    write,
    discard,
    close,
  };
}
