import type { Row, Sort } from "./filters";

const RANKS = { high: 0, medium: 1, low: 2 };
const NO_RANK = 3;
/** Sorts behind every date. */
const NEVER = "9999-12-31";

function fold(text: string): string {
  return text.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "").normalize("NFC");
}

/** As Array.sort wants it, in the API's order. */
export function compareTasks(one: Row, other: Row, sort: Sort): number {
  const order = {
    due: () => compareText(one.due ?? NEVER, other.due ?? NEVER),
    priority: () => rankOf(one) - rankOf(other),
    title: () => compareText(fold(one.title), fold(other.title)),
    updated: () => other.version - one.version,
    created: () => 0,
  }[sort]();
  return order || ageOf(one) - ageOf(other);
}

function rankOf({ priority }: Row): number {
  return priority ? RANKS[priority] : NO_RANK;
}

/** A task that has no number yet is the youngest of all. */
function ageOf({ id }: Row): number {
  return id > 0 ? id : Number.MAX_SAFE_INTEGER;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
