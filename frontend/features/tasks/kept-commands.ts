import { nextMoment } from "@/ui/moment";
import { newKey } from "@/ui/new-key";
import { PAGE_LOAD, whenLoadIsGone } from "@/ui/page-load";
import { browserStorage } from "@/ui/storage";

import { type Change, type Command, taskOf } from "./commands";

/** Commands in the browser's storage, until they are answered. Each load of the page keeps its own, and
 * takes over those of loads that are gone: two tabs do not send the same command. */

const prefixOf = (person: string) => `surelist.command.${person}.`;
const keyOf = (person: string, id: string) => `${prefixOf(person)}${PAGE_LOAD}.${id}`;

/** A command that may change the version which the person saw. */
export function commandOf(change: Change): Command {
  const version = "task" in change && "version" in change.task ? change.task.version : 0;
  return { ...change, id: newKey(), at: nextMoment(), version };
}

export function keepCommand(person: string, command: Command): void {
  browserStorage.write(keyOf(person, command.id), JSON.stringify(command));
}

export function dropCommand(person: string, id: string): void {
  browserStorage.remove(keyOf(person, id));
}

/** The command as it is kept by now; null when it was dropped, as at sign-out. */
export function keptCommand(person: string, id: string): Command | null {
  return parsed(keyOf(person, id));
}

/** Lets commands that were not sent yet change the version that an earlier one has made. */
export function moveOn(person: string, task: number, version: number, merged: boolean): void {
  for (const command of keptBy(person, PAGE_LOAD)) {
    const behind = taskOf(command) === task && command.version < version && !command.sent;
    // An edit must still notice what others changed.
    if (behind && !(merged && command.kind === "edit"))
      keepCommand(person, { ...command, version });
  }
}

/** Takes over the commands of loads that are gone, each load's in their order, and calls `run` with
 * each. Waits for loads that are still there until `signal` aborts. */
export function takeOver(person: string, run: (command: Command) => void, signal: AbortSignal) {
  const loads = new Set(
    keys(person).map((key) => key.slice(prefixOf(person).length).split(".")[0]),
  );
  loads.delete(PAGE_LOAD);
  for (const load of loads) {
    if (load === undefined) continue;
    const take = () => {
      for (const command of keptBy(person, load)) {
        keepCommand(person, command);
        browserStorage.remove(`${prefixOf(person)}${load}.${command.id}`);
        run(command);
      }
    };
    whenLoadIsGone(load, take, signal).catch(() => undefined);
  }
}

const keys = (person: string) => browserStorage.keys(prefixOf(person));

/** The commands of one load, in the order in which they were asked for. */
function keptBy(person: string, load: string): Command[] {
  return keys(person)
    .filter((key) => key.startsWith(`${prefixOf(person)}${load}.`))
    .map(parsed)
    .filter((command) => command !== null)
    .sort((one, other) => one.at - other.at);
}

function parsed(key: string): Command | null {
  try {
    const command = JSON.parse(browserStorage.read(key) ?? "null") as Command | null;
    return typeof command?.id === "string" && typeof command.at === "number" ? command : null;
  } catch {
    return null;
  }
}
