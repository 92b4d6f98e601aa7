/** A random address of the range for benchmarks (RFC 2544), as the caller's address that a proxy
 * names. Rates are limited by address, so each caller in the tests needs its own. */
export function someAddress(): string {
  const part = () => String(Math.floor(Math.random() * 256));
  return `198.18.${part()}.${part()}`;
}
