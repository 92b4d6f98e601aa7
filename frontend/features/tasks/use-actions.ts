import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { usePerson } from "@/auth/person";
import { useToasts } from "@/ui/toast";

import { TaskActions } from "./actions";
import type { TaskActionsPage } from "./actions-page";
import type { Conflict } from "./conflicts";
import { draftOf, edited } from "./drafts";
import { isInView } from "./in-view";
import { dropAdd, keepAdd, keptAdds } from "./kept-adds";
import type { useCursor } from "./use-cursor";
import { useStable } from "./use-stable";
import type { useTaskPanel } from "./use-task-panel";
import { quoted } from "./words";

type Told<Name extends keyof TaskActionsPage> = Parameters<TaskActionsPage[Name]>;

/** The changes of tasks, for this page. */
export function useActions(
  cursor: ReturnType<typeof useCursor>,
  panel: ReturnType<typeof useTaskPanel>,
  askAbout: (conflict: Conflict) => void,
): TaskActions {
  const client = useQueryClient();
  const person = usePerson().id;
  const toasts = useToasts();
  const reopen = useStable<Told<"reopen">>((seen, edits) =>
    panel.reopen({ seen, draft: draftOf(edited(seen, edits)) }),
  );
  const open = useStable(panel.open);
  /** The list stays where it is: a task that is out of view can be gone to. */
  const added = useStable<Told<"added">>((task, listed) => {
    cursor.choose(task.id);
    if (listed && isInView(task.id)) return;
    const action = listed
      ? { label: "Show", altText: "Show it in the list", onPress: () => cursor.show(task.id) }
      : { label: "Open", altText: "Open the task", onPress: () => open(task.id) };
    const hidden = listed ? "" : ". It is not in this part of the list.";
    toasts.show({ words: `Added ${quoted(task.title)}${hidden}`, action });
  });
  const [actions] = useState(
    () =>
      new TaskActions(client, {
        tell: toasts.show,
        untell: toasts.dismiss,
        askAbout,
        reopen,
        added,
        keepAdd: (key, draft) => keepAdd(person, key, draft),
        dropAdd: (key) => dropAdd(person, key),
      }),
  );
  useEffect(() => {
    for (const { key, draft } of keptAdds(person)) void actions.add(draft, key);
  }, [actions, person]);
  return actions;
}
