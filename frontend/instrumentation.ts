/** What happens once, before the first request is answered. */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { migrate } = await import("./auth/server/auth");
  await migrate();
}
