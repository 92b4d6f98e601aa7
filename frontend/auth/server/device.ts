import Bowser from "bowser";

/** The browser and the operating system, as the browser names them; null for other programs. */
export function deviceInWords(userAgent: string): string | null {
  if (!userAgent) return null;
  const { browser, os } = Bowser.parse(userAgent);
  if (!browser.name || !os.name) return null;
  return `${browser.name} on ${os.name}`;
}
