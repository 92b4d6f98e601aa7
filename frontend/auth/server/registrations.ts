/** Bounds on what a client says about itself, since anybody may register without a credential
 * (RFC 7591, 5). Lengths in UTF-16 units. */

const MOST_REDIRECTS = 10;
const LONGEST_URI = 2000;
const LONGEST = {
  client_name: 200,
  client_uri: LONGEST_URI,
  software_id: 500,
  software_version: 500,
  scope: 1000,
  application_type: 20,
  token_endpoint_auth_method: 50,
} as const;
const MOST_LISTED = 10;
const LONGEST_LISTED = 100;

export type Registration = { [field: string]: unknown };

export type Fault = {
  error: "invalid_client_metadata" | "invalid_redirect_uri";
  error_description: string;
};

/** What is wrong with the fields of a registration, or null. */
export function faultIn(body: Registration): Fault | null {
  const redirects = body["redirect_uris"];
  if (redirects !== undefined && !areTexts(redirects, MOST_REDIRECTS, LONGEST_URI)) {
    const description = `redirect_uris takes at most ${MOST_REDIRECTS} addresses of at most ${LONGEST_URI} characters.`;
    return { error: "invalid_redirect_uri", error_description: description };
  }
  for (const [field, longest] of Object.entries(LONGEST)) {
    const value = body[field];
    if (value !== undefined && !(typeof value === "string" && value.length <= longest)) {
      return metadata(`${field} takes a text of at most ${longest} characters.`);
    }
  }
  for (const field of ["grant_types", "response_types"]) {
    if (body[field] !== undefined && !areTexts(body[field], MOST_LISTED, LONGEST_LISTED)) {
      return metadata(`${field} takes at most ${MOST_LISTED} words.`);
    }
  }
  const home = body["client_uri"];
  if (typeof home === "string" && !isHttps(home)) {
    return metadata("client_uri must be an https address.");
  }
  return null;
}

function metadata(description: string): Fault {
  return { error: "invalid_client_metadata", error_description: description };
}

function areTexts(value: unknown, most: number, longest: number): boolean {
  return (
    Array.isArray(value) &&
    value.length <= most &&
    value.every((one) => typeof one === "string" && one.length <= longest)
  );
}

function isHttps(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === "https:";
}
