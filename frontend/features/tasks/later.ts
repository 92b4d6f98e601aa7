import { later } from "@/ui/later";

/** Parts of the page that are loaded when they are first needed. */

export const Deletion = later(() =>
  import("@/features/activity/deletion").then((part) => part.Deletion),
);
export const TaskHistory = later(() =>
  import("@/features/activity/task-history").then((part) => part.TaskHistory),
);
export const TaskPanel = later(() => import("./task-panel").then((part) => part.TaskPanel));
export const GuessedTimezone = later(() =>
  import("@/features/account/guessed-timezone").then((part) => part.GuessedTimezone),
);
export const EmptyList = later(() => import("./empty-list").then((part) => part.EmptyList));
export const EmptyTrash = later(() => import("./empty-trash").then((part) => part.EmptyTrash));
export const HelpSheet = later(() => import("./help-sheet").then((part) => part.HelpSheet));
export const OthersChanges = later(() =>
  import("./others-changes").then((part) => part.OthersChanges),
);
export const PasteDialog = later(() => import("./paste-dialog").then((part) => part.PasteDialog));
export const PurgeDialog = later(() => import("./purge-dialog").then((part) => part.PurgeDialog));
export const ConflictDialog = later(() =>
  import("./conflict-dialog").then((part) => part.ConflictDialog),
);

const fields = () => import("./popover-fields");
export const DueFields = later(() => fields().then((part) => part.DueFields));
export const FilterFields = later(() => fields().then((part) => part.FilterFields));
export const PrioritySelect = later(() => fields().then((part) => part.PrioritySelect));
export const TagsInput = later(() => fields().then((part) => part.TagsInput));
