/** The value of a cookie in a request; null without it. */
export function cookieOf(request: Request, name: string): string | null {
  const pairs = (request.headers.get("Cookie") ?? "").split(/; */);
  const pair = pairs.find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? null;
}

/** The Cookie header that the browser sends after an answer with these Set-Cookie headers. */
export function cookiesAfter(request: Request, set: readonly string[]): string {
  const jar = new Map<string, string>();
  for (const pair of [
    request.headers.get("Cookie") ?? "",
    ...set.map((one) => one.split(";")[0]),
  ]) {
    for (const one of (pair ?? "").split(/; */).filter(Boolean)) {
      const [name = "", ...value] = one.split("=");
      jar.set(name, value.join("="));
    }
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}
