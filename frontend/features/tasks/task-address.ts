import { useSearchParams } from "next/navigation";

import { here, idIn, withParameter } from "@/ui/address";

const PARAMETER = "task";
/** Marks the history entry that opening a task added, so that closing the task goes back to before it. */
const OPENED = "surelistOpened";

/** The id of the open task in the address, or null. */
export function taskIn(query: URLSearchParams): number | null {
  return idIn(query.get(PARAMETER));
}

/** The same address with that task open, or with none if it is null. */
export function withTask(address: string, id: number | null): string {
  return withParameter(address, PARAMETER, id === null ? null : String(id));
}

/** The open task of the address. */
export function useOpenTask(): number | null {
  return taskIn(new URLSearchParams(useSearchParams()));
}

const wasOpenedHere = () =>
  (window.history.state as Record<string, unknown> | null)?.[OPENED] === true;

/** Changes the address of the current entry of the history. Next.js takes notice only if its own part
 * of the state is left to it. */
export function replaceAddress(address: string): void {
  window.history.replaceState(wasOpenedHere() ? { [OPENED]: true } : null, "", address);
}

/** Opens a task: as a new entry of the history, or in place of the task that is open. */
export function openTask(id: number): void {
  const address = withTask(here(), id);
  if (address === here()) return;
  if (taskIn(new URLSearchParams(window.location.search)) === null) {
    window.history.pushState({ [OPENED]: true }, "", address);
  } else {
    replaceAddress(address);
  }
}

/** Closes the open task. Goes back if opening it was the last step, so that Back does not open it
 * again. */
export function closeTask(): void {
  if (wasOpenedHere()) window.history.back();
  else window.history.replaceState(null, "", withTask(here(), null));
}
