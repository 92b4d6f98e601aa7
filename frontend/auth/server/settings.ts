import "server-only";

import { readFileSync } from "node:fs";

import { findInvalidTrustedProxies } from "@better-auth/core/utils/ip";
import { z } from "zod";

const SECRET_CHARACTERS = 32;
const CODE_CHARACTERS = 16;

/** The SURELIST_FIRST_PERSON of a page that only people at this machine reach. */
const ANYONE = "anyone";

/** Sign tokens of every person, so that the page must not have them. */
const ROOT_SECRETS = ["BETTER_AUTH_SECRET", "BETTER_AUTH_SECRET_PREVIOUS"];

const FROM_FILES = ["SURELIST_PAGE_SECRET", "SURELIST_PAGE_SECRET_PREVIOUS"];

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

/** How the first person who signs up becomes the user `local`: with a code, or without one where it
 * is null. Null where nobody does. */
const firstPerson = (given: string | undefined) =>
  given === undefined ? null : { code: given === ANYONE ? null : given };

const environment = z.object({
  SURELIST_URL: origin.default("http://localhost:8000"),
  SURELIST_WEB_URL: origin.default("http://localhost:3000"),
  SURELIST_API_INTERNAL: origin.optional(),
  SURELIST_AGENT_TOKEN_SECONDS: z.coerce.number().int().min(10).max(86_400).default(3600),
  SURELIST_SIGN_UP: z.enum(["open", "closed"]).default("open"),
  SURELIST_TRUSTED_PROXIES: proxies.optional(),
  AUTH_DATABASE_URL: z.string().min(1),
  SURELIST_PAGE_SECRET: z.string().min(SECRET_CHARACTERS),
  SURELIST_PAGE_SECRET_PREVIOUS: z.string().min(SECRET_CHARACTERS).optional(),
  SURELIST_FIRST_PERSON: z.union([z.literal(ANYONE), z.string().min(CODE_CHARACTERS)]).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_FROM: z.string().min(3).optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
});

export type Settings = ReturnType<typeof read>;

type Variables = Record<string, string | undefined>;

/** The settings that the environment holds (specs/auth.md). Throws an Error that names the variable
 * and what is wrong with it. */
export function read(variables: Variables) {
  const root = ROOT_SECRETS.find((name) => variables[name]);
  if (root) {
    throw new Error(
      `The web page cannot start. ${root} must not be in its environment: with it, whoever reads that signs tokens of every person. Set SURELIST_PAGE_SECRET to what "surelist page-secret" prints instead. See docs/deploying.md.`,
    );
  }
  const given = withFiles(variables);
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
    conversationsUrl: `${env.SURELIST_URL}/conversations/mcp`,
    apiInternal: env.SURELIST_API_INTERNAL ?? env.SURELIST_URL,
    agentTokenSeconds: env.SURELIST_AGENT_TOKEN_SECONDS,
    signUp: env.SURELIST_SIGN_UP,
    trustedProxies: env.SURELIST_TRUSTED_PROXIES ?? [],
    databaseUrl: env.AUTH_DATABASE_URL,
    secret: env.SURELIST_PAGE_SECRET,
    previousSecret: env.SURELIST_PAGE_SECRET_PREVIOUS ?? null,
    firstPerson: firstPerson(env.SURELIST_FIRST_PERSON),
    smtp: env.SMTP_URL && env.SMTP_FROM ? { url: env.SMTP_URL, from: env.SMTP_FROM } : null,
    github: pair(env.GITHUB_CLIENT_ID, env.GITHUB_CLIENT_SECRET),
    google: pair(env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET),
  };
}

/** The variables that are not empty, and those whose name ends in _FILE read from that file: the one
 * for the secret of before may be missing, since most installations have none. */
function withFiles(variables: Variables): Variables {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
  for (const name of FROM_FILES) {
    const path = given[`${name}_FILE`];
    if (path === undefined || given[name] !== undefined) continue;
    const content = contentOf(path, name);
    if (content) given[name] = content;
  }
  return given;
}

function contentOf(path: string, name: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && name === "SURELIST_PAGE_SECRET_PREVIOUS") return null;
    throw new Error(`The web page cannot start. ${name}_FILE: ${path} cannot be read (${code}).`);
  }
}

let settings: Settings | undefined;

/** The settings of this process. */
export function getSettings(): Settings {
  return (settings ??= read(process.env));
}
