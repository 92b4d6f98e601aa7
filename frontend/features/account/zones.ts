/** The time zone that the browser is in; UTC where it does not say. */
export function guessZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** All time zones, with those named that the list may lack. */
export function zonesWith(...named: string[]): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ...named])].sort();
}

/** Whether clocks differ there: Asia/Calcutta and Asia/Kolkata are one. */
export function zonesDiffer(one: string, other: string): boolean {
  return canonical(one) !== canonical(other);
}

function canonical(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return zone;
  }
}
