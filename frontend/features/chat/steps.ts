import { quoted } from "@/features/activity/words";

/** A tool call as it is stored and streamed: the AI SDK's tool part. */
export type ToolPart = {
  type: `tool-${string}`;
  toolCallId: string;
  state: string;
  input?: unknown;
  output?: unknown;
  errorText?: string;
};

export type Step = {
  words: string;
  /** `open`: without a result, either not yet or because the turn ended first. */
  state: "open" | "done" | "refused";
  /** The id of the event that it made, if any. */
  event: number | null;
};

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const textOf = (value: unknown) => (typeof value === "string" ? value : "");

const DOING: Record<string, string> = {
  add_task: "Adding a task",
  list_tasks: "Looking at the list",
  complete_task: "Completing a task",
  delete_task: "Moving a task to the trash",
  update_task: "Changing a task",
};

const FIELD_WORDS: Record<string, string> = {
  due: "the due date",
  title: "the title",
  description: "the description",
  priority: "the priority",
  tags: "the tags",
  status: "the status",
};

/** Describes a tool call for people: its action, or the reason of its refusal. */
export function stepOf(part: ToolPart): Step {
  const tool = part.type.slice("tool-".length);
  const doing = DOING[tool] ?? `Calling ${tool}`;
  if (part.state === "output-error") {
    return {
      words: `${doing} was refused: ${whyOf(part.errorText)}`,
      state: "refused",
      event: null,
    };
  }
  if (part.state !== "output-available") return { words: `${doing} …`, state: "open", event: null };
  const output = fieldsOf(part.output);
  const version = output["version"];
  return {
    words: didOf(tool, fieldsOf(part.input), output),
    state: "done",
    event: typeof version === "number" ? version : null,
  };
}

function didOf(tool: string, input: Fields, output: Fields): string {
  const title = quoted(textOf(output["title"]) || "a task");
  switch (tool) {
    case "add_task":
      return output["repeated"] === true ? `${title} is on the list already` : `Added ${title}`;
    case "list_tasks":
      return lookedAt(input, output);
    case "complete_task":
      return `Completed ${title}`;
    case "delete_task":
      return `Moved ${title} to the trash`;
    case "update_task":
      return changedOf(title, input, output);
    default:
      return `Called ${tool}`;
  }
}

function lookedAt(input: Fields, output: Fields): string {
  const tasks: unknown[] | null = Array.isArray(output["tasks"]) ? output["tasks"] : null;
  if (!tasks) return "Looked at the list";
  const first = textOf(fieldsOf(tasks[0])["title"]);
  if (input["task_id"] !== undefined && first) return `Looked at ${quoted(first)}`;
  const total = output["total"];
  const known = typeof total === "number" || typeof total === "string" ? String(total) : null;
  const of = known !== null && known !== String(tasks.length) ? ` of ${known}` : "";
  const counted = `${tasks.length}${of} ${known === "1" || (!of && tasks.length === 1) ? "task" : "tasks"}`;
  const search = textOf(input["search"]);
  if (search) return `Searched for ${quoted(search)}: ${tasks.length === 0 ? "nothing" : counted}`;
  return tasks.length === 0 ? "Looked at the list: nothing there" : `Looked at ${counted}`;
}

function changedOf(title: string, input: Fields, output: Fields): string {
  const changed = Array.isArray(output["changed"]) ? output["changed"].map(String) : [];
  if (changed.length === 0) return `${title} is like that already`;
  if (input["undo"] !== undefined) return `Undid a change of ${title}`;
  if (changed.length === 1 && changed[0] === "status") {
    return input["status"] === "completed" ? `Completed ${title}` : `Opened ${title} again`;
  }
  const names = changed.map((one) => FIELD_WORDS[one] ?? one);
  const last = names.at(-1) ?? "";
  const before = names.slice(0, -1).join(", ");
  return `Changed ${before ? `${before} and ${last}` : last} of ${title}`;
}

/** The first sentence of a refusal. The rest tells the model what to call next. */
function whyOf(errorText: string | undefined): string {
  const text = (errorText ?? "").trim() || "It did not say why.";
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
