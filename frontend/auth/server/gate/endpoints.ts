/** The endpoints below /api/auth that this server answers, and what each takes. Whatever has no row
 * here is 404 before Better Auth sees it (specs/auth.md, "The gate"). */

/** How a request carries its parameters. */
export type Carrier = "query" | "json" | "form";

/** A text of at most `longest` UTF-16 units, a boolean, or a list of at most `most` texts. */
export type Bound =
  | { kind: "text"; longest: number }
  | { kind: "flag" }
  | { kind: "list"; most: number; longest: number };

export type Parameters = Readonly<Record<string, Bound>>;

export type Endpoint = {
  path: string;
  method: "GET" | "POST";
  carrier: Carrier;
  parameters: Parameters;
  /** `page`: called by our own page, from its own origin, with no parameter that it does not know.
   * `client`: called by OAuth clients and identity providers, whose other parameters are dropped
   * (RFC 6749, 3.1 and 3.2). */
  caller: "page" | "client";
  bodyBytes: number;
  /** The error code of RFC 6749 or 7591 for a refused request. */
  error: string;
  /** Readable by web pages of every origin, without cookies: what an MCP client in a browser needs. */
  open: boolean;
  /** An answer that caches may keep; every other one is `no-store`. */
  cacheable: boolean;
};

export const BODY_BYTES = 65_536;
export const REGISTRATION_BYTES = 16_384;

const text = (longest: number): Bound => ({ kind: "text", longest });
const flag: Bound = { kind: "flag" };
const list = (most: number, longest: number): Bound => ({ kind: "list", most, longest });

const EMAIL = text(320); // RFC 3696, erratum 1690
const PASSWORD = text(1024); // Better Auth refuses more than 128 characters in its own words
const NAME = text(100);
const PLACE = text(8192); // a path of the page, which may carry an authorization request
const ID = text(255);
const TOKEN = text(8192);

const page = (method: "GET" | "POST", path: string, parameters: Parameters = {}): Endpoint => ({
  path,
  method,
  carrier: method === "GET" ? "query" : "json",
  parameters,
  caller: "page",
  bodyBytes: BODY_BYTES,
  error: "invalid_request",
  open: false,
  cacheable: false,
});

const client = (
  method: "GET" | "POST",
  path: string,
  carrier: Carrier,
  parameters: Parameters = {},
  more: Partial<Endpoint> = {},
): Endpoint => ({
  path,
  method,
  carrier,
  parameters,
  caller: "client",
  bodyBytes: BODY_BYTES,
  error: "invalid_request",
  open: false,
  cacheable: false,
  ...more,
});

const OPEN = { open: true };
const PUBLIC = { open: true, cacheable: true };

const AUTHORIZATION: Parameters = {
  response_type: text(100),
  client_id: ID,
  redirect_uri: text(2048),
  scope: text(1000),
  state: text(4096),
  code_challenge: text(128),
  code_challenge_method: text(20),
  resource: text(2048),
  prompt: text(100),
};

const CLIENT_AUTHENTICATION: Parameters = { client_id: ID, client_secret: text(512) };

const FROM_PROVIDER: Parameters = {
  code: text(2048),
  state: text(2048),
  error: text(100),
  error_description: text(1000),
  iss: text(500),
};

/** The fields of a registration that are kept; `registrations.ts` bounds each one. */
export const REGISTRATION: Parameters = {
  redirect_uris: list(100, BODY_BYTES),
  application_type: text(BODY_BYTES),
  client_name: text(BODY_BYTES),
  client_uri: text(BODY_BYTES),
  software_id: text(BODY_BYTES),
  software_version: text(BODY_BYTES),
  scope: text(BODY_BYTES),
  grant_types: list(100, BODY_BYTES),
  response_types: list(100, BODY_BYTES),
  token_endpoint_auth_method: text(BODY_BYTES),
};

export const ENDPOINTS: readonly Endpoint[] = [
  page("POST", "/sign-up/email", {
    email: EMAIL,
    password: PASSWORD,
    name: NAME,
    callbackURL: PLACE,
    code: text(100),
  }),
  page("POST", "/sign-in/email", {
    email: EMAIL,
    password: PASSWORD,
    callbackURL: PLACE,
  }),
  page("POST", "/sign-in/social", {
    provider: text(20),
    callbackURL: PLACE,
    errorCallbackURL: PLACE,
  }),
  page("POST", "/sign-out"),
  page("POST", "/request-password-reset", { email: EMAIL, redirectTo: PLACE }),
  page("POST", "/reset-password", { newPassword: PASSWORD, token: text(100) }),
  page("GET", "/token"),
  page("POST", "/connections/disconnect", { client_id: ID }),
  page("POST", "/update-user", { name: NAME }),
  page("POST", "/change-password", { currentPassword: PASSWORD, newPassword: PASSWORD }),
  page("GET", "/sessions"),
  page("POST", "/sessions/end", { id: ID }),
  page("POST", "/delete-user"),
  page("POST", "/confirm-password", { password: PASSWORD }),
  page("POST", "/oauth2/consent", {
    accept: flag,
    scope: text(1000),
    oauth_query: text(16_384),
  }),
  client("GET", "/verify-email", "query", { token: text(2048), callbackURL: PLACE }),
  client("GET", "/callback/github", "query", FROM_PROVIDER),
  client("GET", "/callback/google", "query", FROM_PROVIDER),
  client("GET", "/oauth2/authorize", "query", AUTHORIZATION),
  client("POST", "/oauth2/authorize", "form", AUTHORIZATION),
  client(
    "POST",
    "/oauth2/token",
    "form",
    {
      ...CLIENT_AUTHENTICATION,
      grant_type: text(100),
      code: text(512),
      code_verifier: text(256),
      redirect_uri: text(2048),
      refresh_token: TOKEN,
      resource: text(2048),
      scope: text(1000),
    },
    OPEN,
  ),
  client(
    "POST",
    "/oauth2/revoke",
    "form",
    {
      ...CLIENT_AUTHENTICATION,
      token: TOKEN,
    },
    OPEN,
  ),
  client("POST", "/oauth2/register", "json", REGISTRATION, {
    ...OPEN,
    bodyBytes: REGISTRATION_BYTES,
    error: "invalid_client_metadata",
  }),
  client("GET", "/jwks", "query", {}, PUBLIC),
  client("GET", "/.well-known/oauth-authorization-server", "query", {}, PUBLIC),
  client("GET", "/.well-known/openid-configuration", "query", {}, PUBLIC),
];
