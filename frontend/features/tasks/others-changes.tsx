import type { TaskEvent } from "@/features/activity/events";
import { Notices } from "@/features/activity/notices";
import { useBursts } from "@/features/activity/use-bursts";

import type { TaskCommands } from "./task-commands";
import { useFeed } from "./use-feed";

type OthersChangesProps = {
  commands: TaskCommands;
  /** The last event that the lists know. */
  from: number;
  onEvents: (events: readonly TaskEvent[]) => void;
};

/** What others change: brings it into the lists, and offers to undo what an agent did. */
export function OthersChanges({ commands, from, onEvents }: OthersChangesProps) {
  const [bursts, note, dismiss] = useBursts();
  useFeed(commands, from, (events) => {
    onEvents(events);
    note(events);
  });
  return <Notices bursts={bursts} onDismiss={dismiss} />;
}
