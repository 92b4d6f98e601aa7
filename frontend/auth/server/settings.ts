import "server-only";

import { findInvalidTrustedProxies } from "@better-auth/core/utils/ip";
import { z } from "zod";

const SECRET_CHARACTERS = 32;

const origin = z
  .url({ protocol: /^https?$/ })
  .transform((url) => new URL(url))
  .refine((url) => url.pathname === "/" && !url.search && !url.hash, "must be without a path")
  .transform((url) => url.origin);

const proxies = z
  .string()
  .transform((given) => given.split(",").map((one) => one.trim()))
  .refine(
    (addresses) => findInvalidTrustedProxies(addresses).length === 0,
    "must be addresses or CIDR ranges, comma-separated",
  );

const pair = (id: string | undefined, secret: string | undefined) =>
  id && secret ? { clientId: id, clientSecret: secret } : null;

const environment = z.object({
  SURELIST_URL: origin.default("http://localhost:8000"),
  SURELIST_WEB_URL: origin.default("http://localhost:3000"),
  SURELIST_API_INTERNAL: origin.optional(),
  SURELIST_AGENT_TOKEN_SECONDS: z.coerce.number().int().min(10).max(86_400).default(3600),
  SURELIST_SIGN_UP: z.enum(["open", "closed"]).default("open"),
  SURELIST_TRUSTED_PROXIES: proxies.optional(),
  AUTH_DATABASE_URL: z.string().min(1),
  BETTER_AUTH_SECRET: z.string().min(SECRET_CHARACTERS),
  BETTER_AUTH_SECRET_PREVIOUS: z.string().min(SECRET_CHARACTERS).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_FROM: z.string().min(3).optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
});

export type Settings = ReturnType<typeof read>;

/** What the environment says (specs/auth.md); an Error names what is wrong with which variable. */
export function read(variables: Record<string, string | undefined>) {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The web page cannot start. ${wrong.join("; ")}. See docs/deploying.md.`);
  }
  const env = parsed.data;
  if (env.SMTP_URL && !env.SMTP_FROM) {
    throw new Error("The web page cannot start. SMTP_URL needs SMTP_FROM, the sender's address.");
  }
  return {
    webUrl: env.SURELIST_WEB_URL,
    issuer: `${env.SURELIST_WEB_URL}/api/auth`,
    apiAudience: `${env.SURELIST_URL}/api`,
    mcpUrl: `${env.SURELIST_URL}/mcp`,
    tokenIssuer: env.SURELIST_URL,
    apiInternal: env.SURELIST_API_INTERNAL ?? env.SURELIST_URL,
    agentTokenSeconds: env.SURELIST_AGENT_TOKEN_SECONDS,
    signUp: env.SURELIST_SIGN_UP,
    trustedProxies: env.SURELIST_TRUSTED_PROXIES ?? [],
    databaseUrl: env.AUTH_DATABASE_URL,
    secret: env.BETTER_AUTH_SECRET,
    previousSecret: env.BETTER_AUTH_SECRET_PREVIOUS ?? null,
    smtp: env.SMTP_URL && env.SMTP_FROM ? { url: env.SMTP_URL, from: env.SMTP_FROM } : null,
    github: pair(env.GITHUB_CLIENT_ID, env.GITHUB_CLIENT_SECRET),
    google: pair(env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET),
  };
}

let settings: Settings | undefined;

/** The settings of this process. */
export function getSettings(): Settings {
  return (settings ??= read(process.env));
}
