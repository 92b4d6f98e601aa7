import { browserStorage } from "@/ui/storage";

import type { Draft } from "./drafts";

/** Tasks that are being added, in the browser's storage. After a reload they are sent again, with the
 * same idempotency key, so that none is lost and none is added twice. */

const prefixOf = (person: string) => `surelist.add.${person}.`;

export function keepAdd(person: string, key: string, draft: Draft): void {
  browserStorage.write(prefixOf(person) + key, JSON.stringify({ draft, at: Date.now() }));
}

export function dropAdd(person: string, key: string): void {
  browserStorage.remove(prefixOf(person) + key);
}

type Kept = { draft: Draft; at: number };

/** The adds that were not answered yet, the oldest first. */
export function keptAdds(person: string): { key: string; draft: Draft }[] {
  const prefix = prefixOf(person);
  return browserStorage
    .keys(prefix)
    .map((key) => ({ key: key.slice(prefix.length), ...parsed(browserStorage.read(key)) }))
    .filter((one): one is Kept & { key: string } => one.draft !== undefined)
    .sort((one, other) => one.at - other.at);
}

function parsed(text: string | null): Partial<Kept> {
  try {
    return JSON.parse(text ?? "{}") as Partial<Kept>;
  } catch {
    return {};
  }
}
