import type { Draft } from "./drafts";

/** Tasks that are being added, in the browser's storage. After a reload they are sent again, with the
 * same idempotency key, so that none is lost and none is added twice. */

const prefixOf = (person: string) => `surelist.add.${person}.`;

export function keepAdd(person: string, key: string, draft: Draft): void {
  try {
    localStorage.setItem(prefixOf(person) + key, JSON.stringify({ draft, at: Date.now() }));
  } catch {
    // storage is full or disabled
  }
}

export function dropAdd(person: string, key: string): void {
  try {
    localStorage.removeItem(prefixOf(person) + key);
  } catch {
    // storage is disabled
  }
}

/** The adds that were not answered yet, the oldest first. */
export function keptAdds(person: string): { key: string; draft: Draft }[] {
  const prefix = prefixOf(person);
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({
        key: key.slice(prefix.length),
        ...(JSON.parse(localStorage.getItem(key) ?? "") as { draft: Draft; at: number }),
      }))
      .sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}
