/** The lines of pasted text that are not empty, without the signs of a list before them. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim().replace(/^(?:[-*•] (?:\[[ xX]\] )?|\d{1,3}[.)] )\s*/, ""))
    .filter((line) => line !== "");
}
