/** The path and query of the page. */
export const here = () => window.location.pathname + window.location.search;

/** The id that a parameter of an address names, or null. */
export function idIn(value: string | null): number | null {
  const id = /^[1-9]\d{0,15}$/.test(value ?? "") ? Number(value) : 0;
  return id > 0 && id <= Number.MAX_SAFE_INTEGER ? id : null;
}

/** The same address with this value of a parameter, or without it if the value is null. */
export function withParameter(address: string, name: string, value: string | null): string {
  const [path = "", search = ""] = address.split("?", 2);
  const query = new URLSearchParams(search);
  query.delete(name);
  if (value !== null) query.set(name, value);
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}
