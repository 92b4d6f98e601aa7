/** What this tab keeps of the chat until it is closed, for each person: what they have written and
 * not sent, and where they were. A browser that keeps nothing keeps it for this page only. */

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
    inMemory.set(key, value); // full, or not allowed
  }
}

const keyOf = (person: string, what: string) => `surelist.chat.${person}.${what}`;

/** What is written and not sent in a conversation, or in one that has not begun. */
export const drafts = {
  of: (person: string, conversation: number | null) =>
    read(keyOf(person, `draft.${conversation ?? "new"}`)) ?? "",
  keep: (person: string, conversation: number | null, text: string) =>
    write(keyOf(person, `draft.${conversation ?? "new"}`), text),
};

/** The conversation that was open last. */
export const lastOpen = {
  of: (person: string) => Number(read(keyOf(person, "open"))) || null,
  keep: (person: string, conversation: number | null) =>
    write(keyOf(person, "open"), conversation === null ? "" : String(conversation)),
};
