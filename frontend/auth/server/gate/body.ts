/** The body of a request is larger than its endpoint takes. */
export class TooLarge extends Error {
  override name = "TooLarge";
}

/** The body is no UTF-8. */
export class NoText extends Error {
  override name = "NoText";
}

/** The body as text, of at most `bytes` bytes: counted while it is read, since Content-Length may be
 * absent. Throws TooLarge or NoText. */
export async function readText(request: Request, bytes: number): Promise<string> {
  if (Number(request.headers.get("Content-Length") ?? 0) > bytes) throw new TooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const reader = request.body?.getReader();
  if (!reader) return "";
  let read = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoded(() => decoder.decode());
    read += value.byteLength;
    if (read > bytes) {
      await reader.cancel().catch(() => undefined);
      throw new TooLarge();
    }
    text += decoded(() => decoder.decode(value, { stream: true }));
  }
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new NoText();
  }
}
