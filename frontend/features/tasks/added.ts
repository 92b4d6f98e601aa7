import type { Schemas } from "@/api/client";
import { quoted } from "@/features/activity/words";

import type { CommandsPage } from "./commands-page";

const MS_UNTIL_PAINTED = 200;

type Task = Schemas["WholeTask"];

/** Tells that a task was added, unless the person sees it. `listed` says whether the list in view has
 * it, below or above the window perhaps. */
export async function tellAdded(
  task: Task,
  listed: boolean,
  tell: CommandsPage["tell"],
  goTo: (id: number) => void,
): Promise<void> {
  if (listed && (await isInView(task.id))) return;
  const onPress = () => goTo(task.id);
  const action = listed
    ? { label: "Show", altText: "Show it in the list", onPress }
    : { label: "Open", altText: "Open the task", onPress };
  const hidden = listed ? "" : ". It is not in this part of the list.";
  tell({ words: `Added ${quoted(task.title)}${hidden}`, action });
}

/** Whether the row of that task is in the window, once the page shows what it knows. */
async function isInView(id: number): Promise<boolean> {
  await painted();
  const row = document.querySelector(`[data-task="${id}"]`)?.getBoundingClientRect();
  return row !== undefined && row.bottom > 0 && row.top < window.innerHeight;
}

/** A page in the background is not painted. */
function painted(): Promise<unknown> {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const inBackground = new Promise((done) => setTimeout(done, MS_UNTIL_PAINTED));
  return Promise.race([frame().then(frame), inBackground]);
}
