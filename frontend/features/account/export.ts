import { problemOf } from "@/api/problem";
import { fetchAsPerson } from "@/auth/authorized-fetch";

/** Downloads all stored data of the person as a file. */
export async function downloadExport(): Promise<void> {
  const request = new Request(new URL("/api/me/export", window.location.origin));
  const response = await fetchAsPerson(request);
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `surelist-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
