let latest = 0;

/** The time in milliseconds, later at each call, so that it also tells an order. */
export function nextMoment(): number {
  latest = Math.max(Date.now(), latest + 1);
  return latest;
}
