import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { usePerson } from "@/auth/person";
import { useToasts } from "@/ui/toast";

import type { CommandsPage } from "./commands-page";
import type { Conflict } from "./conflicts";
import { draftOf, edited } from "./drafts";
import { takeOver } from "./kept-commands";
import { TaskCommands } from "./task-commands";
import type { useCursor } from "./use-cursor";
import { fillField } from "./use-kept-text";
import { useStable } from "./use-stable";
import type { useTaskPanel } from "./use-task-panel";

type Told<Name extends keyof CommandsPage> = Parameters<CommandsPage[Name]>;

/** The person's commands, for this page. Those that an earlier load of the page kept are sent again. */
export function useCommands(
  cursor: ReturnType<typeof useCursor>,
  panel: ReturnType<typeof useTaskPanel>,
  askAbout: (conflict: Conflict) => void,
): TaskCommands {
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
    const goTo = listed ? cursor.show : open;
    void import("./added").then(
      ({ tellAdded }) => tellAdded(task, listed, toasts.show, goTo),
      () => undefined, // the task is there all the same
    );
  });
  const [commands] = useState(
    () =>
      new TaskCommands(client, person, {
        tell: toasts.show,
        untell: toasts.dismiss,
        askAbout,
        reopen,
        rewrite: (draft) => fillField(person, draft),
        added,
      }),
  );
  useEffect(() => {
    const leaving = new AbortController();
    takeOver(person, (command) => void commands.run(command), leaving.signal);
    return () => leaving.abort();
  }, [commands, person]);
  return commands;
}
