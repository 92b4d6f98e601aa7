/** One of the addresses that are there for measuring (RFC 2544): whence somebody comes, as a proxy
 * tells it. What one address may do in a while is bounded. */
export function someAddress(): string {
  const part = () => String(Math.floor(Math.random() * 256));
  return `198.18.${part()}.${part()}`;
}
