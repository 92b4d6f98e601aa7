/* The caller's address of a request: the socket's, or the one that a trusted proxy names. */

import { BlockList, isIP } from "node:net";

const NAMED_BY_PROXIES = [
  "forwarded",
  "x-real-ip",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
];

/** Makes a test for the addresses of SURELIST_TRUSTED_PROXIES: addresses and CIDR ranges,
 * comma-separated. Ignores invalid ranges, with which the page does not start
 * (auth/server/settings.ts).
 *
 * @param {string | undefined} setting
 * @returns {(address: string) => boolean} */
export function trustedBy(setting) {
  const known = new BlockList();
  for (const range of listed(setting)) {
    const [address = "", prefix] = range.split("/");
    const family = familyOf(address);
    try {
      if (prefix === undefined) known.addAddress(address, family);
      else known.addSubnet(address, Number(prefix), family);
    } catch {
      continue;
    }
  }
  return (address) => isIP(address) !== 0 && known.check(address, familyOf(address));
}

/** Sets X-Forwarded-For to the caller's address only: the socket's address, or, if that is a
 * trusted proxy, the last address in the header that is not a trusted proxy.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {(address: string) => boolean} isTrusted */
export function nameCaller({ headers, socket }, isTrusted) {
  const address = plain(socket.remoteAddress ?? "");
  const told = isTrusted(address) ? listed(String(headers["x-forwarded-for"] ?? "")) : [];
  for (const name of NAMED_BY_PROXIES) delete headers[name];
  headers["x-forwarded-for"] = told.findLast((one) => !isTrusted(plain(one))) ?? told[0] ?? address;
}

/** @param {string | undefined} text comma-separated */
function listed(text) {
  return (text ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

/** The address without a zone, and a mapped IPv4 address as IPv4.
 *
 * @param {string} address */
function plain(address) {
  return address.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
}

/** @param {string} address */
function familyOf(address) {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
