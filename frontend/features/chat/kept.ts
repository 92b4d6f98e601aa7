/** The chat's state of this tab and person: unsent texts and the last place. It lasts until the tab
 * is closed, or until the page is closed if the browser stores nothing. */

const inMemory = new Map<string, string>();

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key) ?? inMemory.get(key) ?? null;
  } catch {
    return inMemory.get(key) ?? null;
  }
}

function write(key: string, value: string): void {
  try {
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
    inMemory.delete(key);
  } catch {
    inMemory.set(key, value); // storage is full or disabled
  }
}

const keyOf = (person: string, what: string) => `surelist.chat.${person}.${what}`;

/** The unsent text of each conversation, and of a new one. */
export const drafts = {
  of: (person: string, conversation: number | null) =>
    read(keyOf(person, `draft.${conversation ?? "new"}`)) ?? "",
  keep: (person: string, conversation: number | null, text: string) =>
    write(keyOf(person, `draft.${conversation ?? "new"}`), text),
};

/** The last open conversation. */
export const lastOpen = {
  of: (person: string) => Number(read(keyOf(person, "open"))) || null,
  keep: (person: string, conversation: number | null) =>
    write(keyOf(person, "open"), conversation === null ? "" : String(conversation)),
};
