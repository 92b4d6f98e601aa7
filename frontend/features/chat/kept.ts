import { tabStorage } from "@/ui/storage";

/** The chat's state of this tab and person: unsent texts and the last place. */

const keyOf = (person: string, what: string) => `surelist.chat.${person}.${what}`;

function keep(key: string, value: string): void {
  if (value) tabStorage.write(key, value);
  else tabStorage.remove(key);
}

/** The unsent text of each conversation, and of a new one. */
export const drafts = {
  of: (person: string, conversation: number | null) =>
    tabStorage.read(keyOf(person, `draft.${conversation ?? "new"}`)) ?? "",
  keep: (person: string, conversation: number | null, text: string) =>
    keep(keyOf(person, `draft.${conversation ?? "new"}`), text),
};

/** The last open conversation. */
export const lastOpen = {
  of: (person: string) => Number(tabStorage.read(keyOf(person, "open"))) || null,
  keep: (person: string, conversation: number | null) =>
    keep(keyOf(person, "open"), conversation === null ? "" : String(conversation)),
};
