/* Replaces GitHub in the page's process: the code "ann" belongs to ann@example.com, a confirmed
 * address. */
const real = globalThis.fetch;

globalThis.fetch = async (asked, init) => {
  const { href } = new URL(asked instanceof Request ? asked.url : asked);
  if (href.startsWith("https://github.com/login/oauth/access_token")) {
    const body = new URLSearchParams(
      asked instanceof Request ? await asked.text() : String(init.body),
    );
    return Response.json({ access_token: body.get("code"), token_type: "bearer" });
  }
  if (!href.startsWith("https://api.github.com/user")) return real(asked, init);
  const headers = new Headers(asked instanceof Request ? asked.headers : init.headers);
  const login = headers.get("Authorization").split(" ")[1];
  const email = `${login}@example.com`;
  return href.endsWith("/emails")
    ? Response.json([{ email, primary: true, verified: true }])
    : Response.json({ id: login, login, name: login, email });
};
