/** Some clients look here alone, for the same document (RFC 8414, 5). */
export { GET, OPTIONS } from "../../oauth-authorization-server/[[...issuer]]/route";
