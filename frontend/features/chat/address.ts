import { idIn, withParameter } from "@/ui/address";

/** What the chat shows: a conversation by its id, a new one, or a list of conversations. */
export type Place = number | "new" | "all" | "trash";

const PARAMETER = "chat";

/** The place in the address, or null if the chat is closed. */
export function placeIn(query: URLSearchParams): Place | null {
  const named = query.get(PARAMETER);
  if (named === null) return null;
  if (named === "all" || named === "trash") return named;
  return idIn(named) ?? "new";
}

/** The same address with the chat at `place`, or closed if it is null. */
export function withPlace(address: string, place: Place | null): string {
  return withParameter(address, PARAMETER, place === null ? null : String(place));
}
