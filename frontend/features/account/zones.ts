/** The browser's time zone, or UTC if it is unknown. */
export function guessZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** All time zones, including `named` ones that the browser does not list. */
export function zonesWith(...named: string[]): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ...named])].sort();
}

/** Whether the zones are different; Asia/Calcutta and Asia/Kolkata are the same. */
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

/** The zone with its current offset, such as "Europe/Berlin (UTC+01:00)". */
export function zoneInWords(zone: string, now: Date): string {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  const named = format.formatToParts(now).find(({ type }) => type === "timeZoneName")?.value;
  const offset = named?.replace("GMT", "UTC");
  return offset && zone !== "UTC" ? `${zone.replaceAll("_", " ")} (${offset})` : zone;
}
