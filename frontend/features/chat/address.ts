/** What the chat shows: a conversation by its id, a new one, or a list of conversations. */
export type Place = number | "new" | "all" | "trash";

const PARAMETER = "chat";

/** The place in the address, or null if the chat is closed. */
export function placeIn(query: URLSearchParams): Place | null {
  const named = query.get(PARAMETER);
  if (named === null) return null;
  if (named === "all" || named === "trash") return named;
  const id = /^[1-9]\d{0,15}$/.test(named) ? Number(named) : 0;
  return id > 0 && id <= Number.MAX_SAFE_INTEGER ? id : "new";
}

/** The same address with the chat at `place`, or closed if it is null. */
export function withPlace(address: string, place: Place | null): string {
  const [path = "", search = ""] = address.split("?", 2);
  const query = new URLSearchParams(search);
  query.delete(PARAMETER);
  if (place !== null) query.set(PARAMETER, String(place));
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}
