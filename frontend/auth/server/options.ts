import "server-only";

import { createHash } from "node:crypto";

import { oauthProvider } from "@better-auth/oauth-provider";
import type { BetterAuthOptions } from "better-auth";
import { jwt } from "better-auth/plugins";
import { PostgresDialect } from "kysely";

import { agentStanding } from "./agent-standing";
import { browserProof } from "./browser-proof";
import { clientAuthentication } from "./client-authentication";
import { connections } from "./connections";
import { getKyselyPool } from "./database";
import { endedGrants } from "./ended-grants";
import { eraseList } from "./erasing";
import { firstPersonIsLocal } from "./first-person";
import { guards } from "./guards";
import { sendResetLink, sendVerificationLink, tellOfAccount } from "./letters";
import { onePerson } from "./one-person";
import { passwordChanges } from "./password-changes";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from "./passwords/lengths";
import { authTime, recentSignIn } from "./recent-sign-in";
import { refreshes } from "./refreshes";
import { revocation } from "./revocation";
import { GRANT_TYPES, OAUTH_SCOPES, PERSON_SCOPES } from "./scopes";
import { endAgents, sessionEnds } from "./session-ends";
import { sessions } from "./sessions";
import type { Settings } from "./settings";

const DAY = 86_400;
const HOUR = 3600;
const MINUTE = 60;

/** Better Auth as it is here: specs/auth.md is the contract. */
export function authOptions(settings: Settings) {
  return {
    appName: "Surelist",
    baseURL: settings.webUrl,
    basePath: "/api/auth",
    trustedOrigins: [settings.webUrl],
    ...secrets(settings),
    database: {
      dialect: new PostgresDialect({ pool: getKyselyPool(settings) }),
      type: "postgres" as const,
      transaction: true,
    },
    telemetry: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: settings.signUp === "closed",
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
      requireEmailVerification: settings.smtp !== null,
      revokeSessionsOnPasswordReset: true,
      onPasswordReset: endAgents,
      ...(settings.smtp && {
        sendResetPassword: (asked) => sendResetLink(asked, settings),
        onExistingUserSignUp: (known) => tellOfAccount(known, settings),
      }),
    },
    ...(settings.smtp && {
      emailVerification: {
        sendVerificationEmail: sendVerificationLink,
        sendOnSignUp: true,
        sendOnSignIn: true,
        // Whoever has the link may be in another browser, which then had a session without a proof.
        autoSignInAfterVerification: false,
      },
    }),
    socialProviders: {
      ...(settings.github && {
        github: { ...settings.github, disableSignUp: settings.signUp === "closed" },
      }),
      ...(settings.google && {
        google: { ...settings.google, disableSignUp: settings.signUp === "closed" },
      }),
    },
    user: { deleteUser: { enabled: true, beforeDelete: eraseList } },
    databaseHooks: { user: { create: { before: firstPersonIsLocal(settings) } } },
    // Better Auth's own rule for a fresh session is replaced by recentSignIn, which a password renews.
    session: { expiresIn: 30 * DAY, updateAge: HOUR, freshAge: 0 },
    verification: { storeIdentifier: "hashed" as const },
    rateLimit: {
      enabled: true,
      storage: "database" as const,
      window: MINUTE,
      max: 300,
      customRules: {
        "/sign-in/email": { window: 5 * MINUTE, max: 15 },
        "/sign-up/email": { window: 10 * MINUTE, max: 15 },
        "/reset-password": { window: 10 * MINUTE, max: 10 },
        "/change-password": { window: 5 * MINUTE, max: 10 },
        "/delete-user": { window: 5 * MINUTE, max: 5 },
      },
    },
    advanced: {
      cookiePrefix: "surelist",
    },
    onAPIError: { errorURL: `${settings.webUrl}/sign-in-error` },
    // Into whatever replaces the console: serve.mjs lets constant words through, and no caller's.
    logger: { disableColors: true, log: print },
    plugins: [
      browserProof(),
      guards(),
      onePerson(),
      recentSignIn(),
      sessionEnds(),
      sessions(),
      passwordChanges(),
      jwt({
        disableSettingJwtHeader: true,
        jwt: {
          issuer: settings.issuer,
          audience: settings.apiAudience,
          expirationTime: "5m",
          definePayload: ({ session }) => ({
            scope: PERSON_SCOPES.join(" "),
            auth_time: authTime(session),
          }),
        },
      }),
      oauthProvider({
        loginPage: "/sign-in",
        consentPage: "/consent",
        scopes: [...OAUTH_SCOPES],
        grantTypes: [...GRANT_TYPES],
        resources: [settings.mcpUrl, settings.conversationsUrl],
        enforcePerClientResources: false,
        allowDynamicClientRegistration: true,
        allowUnauthenticatedClientRegistration: true,
        clientPrivileges: () => false,
        resourcePrivileges: () => false,
        codeExpiresIn: 5 * MINUTE,
        accessTokenExpiresIn: settings.agentTokenSeconds,
        refreshTokenExpiresIn: 30 * DAY,
        refreshTokenReuseInterval: MINUTE,
        extensions: [agentStanding],
        rateLimit: {
          register: { window: MINUTE, max: 20 },
          token: { window: MINUTE, max: 60 },
          authorize: { window: MINUTE, max: 60 },
        },
      }),
      connections(),
      clientAuthentication(),
      endedGrants(),
      refreshes(),
      revocation(settings),
    ],
  } satisfies BetterAuthOptions;
}

function print(level: "debug" | "info" | "warn" | "error", message: string, ...more: unknown[]) {
  console[level](message, ...more);
}

/** The current secret, and the one before it for what is still encrypted with it. A version is a
 * fingerprint, so that nobody has to count. */
function secrets({ secret, previousSecret }: Settings) {
  const known = previousSecret ? [secret, previousSecret] : [secret];
  const version = (value: string) =>
    createHash("sha256").update(value).digest().readUInt32BE() >>> 1;
  return { secret, secrets: known.map((value) => ({ version: version(value), value })) };
}
