// @ts-check
/** The board: the tasks of a `list_tasks` result, changed by the same five tools. */
import { Host } from "./host.js";

/** @typedef {{ id: number, title: string, completed: boolean, status: string, version: number,
 *   due?: string, weekday?: string, priority?: string, tags?: string[] }} Task */
/** @typedef {{ tasks: Task[], total: number | string, now: string, next_cursor?: string }} List */

/** @param {string} id
 * @returns {any} */
const element = (id) => document.getElementById(id);
const [board, form, titleField, status, columns, more] = [
  "board",
  "add",
  "title",
  "status",
  "columns",
  "more",
].map(element);

/** The arguments of the list in view. @type {Record<string, any>} */
let asked = {};
/** @type {List | null} */
let list = null;
/** The task whose dates are open. @type {number | null} */
let dating = null;
/** Calls are sent one after the other. @type {Promise<unknown>} */
let last = Promise.resolve();

const host = new Host({
  "ui/notifications/tool-input": (params) => (asked = params.arguments ?? {}),
  "ui/notifications/tool-result": (params) => showResult(params),
  "ui/notifications/tool-cancelled": () => say("The list was not loaded.", { danger: true }),
  "ui/notifications/host-context-changed": (context) => applyContext(context),
});

const canChange = () => host.capabilities["serverTools"] !== undefined;

/** @param {Record<string, any>} context of the host */
function applyContext({ theme, styles }) {
  const root = document.documentElement;
  if (theme) root.dataset["theme"] = theme === "dark" ? "dark" : "light";
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (/^--[\w-]+$/.test(name) && value) root.style.setProperty(name, String(value));
  }
}

/** @param {any} result of a tool
 * @returns {any} its object. Throws an Error with the tool's sentence if it was refused. */
function contentOf(result) {
  const text = result?.content?.find((/** @type {any} */ part) => part.type === "text")?.text ?? "";
  if (result?.isError) throw new Error(text || "The call was refused.");
  return result?.structuredContent ?? JSON.parse(text);
}

/** @param {any} result */
function showResult(result) {
  try {
    const content = contentOf(result);
    if (!Array.isArray(content.tasks)) throw new Error("This is not a list of tasks.");
    list = content;
    say(canChange() ? "" : "This host shows the list, but does not let it be changed here.");
  } catch (error) {
    say(sentenceOf(error), { danger: true });
  }
  render();
}

/** @param {unknown} error */
const sentenceOf = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} name
 * @param {object} input
 * @returns {Promise<any>} the object that the tool returns */
async function call(name, input) {
  return contentOf(await host.request("tools/call", { name, arguments: input }));
}

/** Makes one change, then loads the list again. `said` is the sentence about it.
 *
 * @param {string} name
 * @param {Record<string, any>} input
 * @param {(answer: any) => string} said
 * @param {{ undoable?: boolean, failed?: () => void }} options */
function change(name, input, said, { undoable = true, failed } = {}) {
  last = last.then(async () => {
    board.setAttribute("aria-busy", "true");
    try {
      const answer = await call(name, input);
      const sentence = said(answer);
      tellModel(`In the board, the user: ${sentence} (task ${answer.task_id}).`);
      say(sentence, undoable ? { undo: answer } : {});
    } catch (error) {
      say(sentenceOf(error), { danger: true });
      failed?.();
    }
    await reload();
  });
}

async function reload() {
  try {
    const { cursor: _cursor, ...query } = asked;
    list = await call("list_tasks", query);
  } catch (error) {
    say(sentenceOf(error), { danger: true });
  }
  render();
}

/** Lets the model know what the user did, so that it does not work with an old list.
 *
 * @param {string} text */
function tellModel(text) {
  if (host.capabilities["updateModelContext"] === undefined) return;
  host
    .request("ui/update-model-context", { content: [{ type: "text", text }] })
    .catch(() => undefined);
}

/** @param {string} sentence
 * @param {{ danger?: boolean, undo?: { task_id: number, version: number, title: string } }} options */
function say(sentence, { danger = false, undo } = {}) {
  status.classList.toggle("danger", danger);
  const text = make("span", { textContent: sentence, dir: "auto" });
  const parts = [text];
  if (undo) {
    const undoButton = make("button", { type: "button", textContent: "Undo" });
    undoButton.onclick = () => {
      undoButton.disabled = true;
      change(
        "update_task",
        { task_id: undo.task_id, undo: undo.version },
        ({ title }) => `Undone: “${title}”`,
        { undoable: false },
      );
    };
    parts.push(undoButton);
  }
  status.replaceChildren(...parts);
}

/** @param {string} tag
 * @param {Record<string, any>} properties
 * @param {Node[]} children
 * @returns {any} */
function make(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The columns, by the day of `now` in the user's time zone.
 *
 * @param {List} shown
 * @returns {[string, Task[]][]} */
function columnsOf({ tasks, now }) {
  const today = now.slice(0, 10);
  /** @param {Task} task */
  const columnOf = (task) => {
    if (task.status !== "pending") return task.status === "deleted" ? "In the trash" : "Completed";
    if (!task.due) return "No date";
    const day = task.due.slice(0, 10);
    return day < today ? "Overdue" : day === today ? "Today" : "Later";
  };
  const names = ["Overdue", "Today", "Later", "No date", "Completed", "In the trash"];
  return names
    .map(
      (name) =>
        /** @type {[string, Task[]]} */ ([name, tasks.filter((task) => columnOf(task) === name)]),
    )
    .filter(([, column]) => column.length > 0);
}

function render() {
  const focused = document.activeElement?.id;
  board.setAttribute("aria-busy", "false");
  form.hidden = !canChange();
  const shown = list;
  if (!shown) return;
  columns.replaceChildren(
    ...columnsOf(shown).map(([name, tasks]) =>
      make("section", {}, [
        make("h2", { textContent: `${name} (${tasks.length})` }),
        make(
          "ul",
          {},
          tasks.map((task) => row(task, shown.now.slice(0, 10))),
        ),
      ]),
    ),
  );
  if (shown.tasks.length === 0) {
    columns.append(make("p", { className: "empty", textContent: "No task matches." }));
  }
  more.hidden = shown.total === shown.tasks.length;
  more.textContent = `${shown.tasks.length} of ${shown.total} tasks are shown.`;
  if (focused) (element(focused) ?? titleField).focus();
}

/** @param {Task} task
 * @param {string} today */
function row(task, today) {
  const input = { task_id: task.id, if_version: task.version };
  const named = `“${task.title}”`;
  const locked = !canChange();
  const tick = make("input", {
    type: "checkbox",
    id: `tick-${task.id}`,
    checked: task.completed,
    disabled: locked || task.status === "deleted",
    ariaLabel: `Complete ${named}`,
  });
  tick.onchange = () => {
    if (tick.checked) change("complete_task", input, () => `Completed ${named}`);
    else change("update_task", { ...input, status: "pending" }, () => `Reopened ${named}`);
  };
  const facts = make("div", { className: "facts" }, factsOf(task, today));
  const item = make("li", { className: task.status }, [
    tick,
    make("span", { className: "title", textContent: task.title, dir: "auto" }),
  ]);
  if (task.status === "deleted") {
    const restore = button("Restore", `restore-${task.id}`, `Restore ${named}`, locked);
    restore.onclick = () =>
      change("update_task", { ...input, status: "pending" }, () => `Restored ${named}`);
    item.append(restore);
  } else {
    const dates = button("Date", `date-${task.id}`, `Change the date of ${named}`, locked);
    dates.ariaExpanded = String(dating === task.id);
    dates.onclick = () => {
      dating = dating === task.id ? null : task.id;
      render();
    };
    item.append(dates);
  }
  item.append(facts);
  if (dating === task.id && task.status !== "deleted")
    item.append(datesOf(task, today, input, named));
  return item;
}

/** @param {string} text
 * @param {string} id
 * @param {string} label
 * @param {boolean} disabled */
function button(text, id, label, disabled = false) {
  return make("button", {
    type: "button",
    className: "plain",
    textContent: text,
    id,
    ariaLabel: label,
    disabled,
  });
}

/** @param {Task} task
 * @param {string} today
 * @returns {Node[]} */
function factsOf({ due, weekday, priority, tags, status: state }, today) {
  const facts = [];
  if (due) {
    const day = due.slice(0, 10);
    const time = due.length > 10 ? ` ${due.slice(11, 16)}` : "";
    const late = state === "pending" && day < today;
    const words = `${weekday ? `${weekday.slice(0, 3)} ` : ""}${day}${time}${late ? " (overdue)" : ""}`;
    facts.push(make("span", { className: late ? "late" : "", textContent: words }));
  }
  if (priority) facts.push(make("span", { textContent: `${priority} priority` }));
  for (const tag of tags ?? []) facts.push(make("bdi", { textContent: `#${tag}` }));
  return facts.flatMap((fact, index) =>
    index === 0 ? [fact] : [document.createTextNode(" · "), fact],
  );
}

/** @param {Task} task
 * @param {string} today
 * @param {object} input
 * @param {string} named */
function datesOf(task, today, input, named) {
  /** @param {string} due */
  const move = (due) => {
    dating = null;
    change(
      "update_task",
      { ...input, due },
      (answer) => `${named} is due ${answer.weekday} ${due}`,
    );
  };
  /** @param {number} days */
  const later = (days) => {
    const date = new Date(`${today}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + days);
    return date.toISOString().slice(0, 10);
  };
  const choices = [
    ["Today", 0],
    ["Tomorrow", 1],
    ["In a week", 7],
  ].map(([text, days]) => {
    const choice = button(
      String(text),
      `due-${String(days)}-${task.id}`,
      `${String(text)}: ${named}`,
    );
    choice.onclick = () => move(later(Number(days)));
    return choice;
  });
  const field = make("input", {
    type: "date",
    id: `day-${task.id}`,
    value: task.due?.slice(0, 10) ?? "",
    ariaLabel: `Due date of ${named}`,
  });
  field.onchange = () => field.value && move(field.value);
  const parts = [...choices, field];
  if (task.due) {
    const none = button("No date", `undated-${task.id}`, `No date: ${named}`);
    none.onclick = () => {
      dating = null;
      change("update_task", { ...input, clear: ["due"] }, () => `${named} has no date`);
    };
    parts.push(none);
  }
  return make("div", { className: "dates" }, parts);
}

form.onsubmit = (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const title = titleField.value.trim();
  if (!title) return;
  titleField.value = "";
  const key = `board-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  change("add_task", { title, idempotency_key: key }, () => `Added “${title}”`, {
    failed: () => (titleField.value ||= title),
  });
};

new ResizeObserver(() => {
  const { width, height } = board.getBoundingClientRect();
  host.notify("ui/notifications/size-changed", {
    width: Math.ceil(width),
    height: Math.ceil(height),
  });
}).observe(board);

applyContext(await host.connect("surelist-board"));
render();
