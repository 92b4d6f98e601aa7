/** The query of a page, as Next gives it. */
export type Query = Promise<Record<string, string | string[] | undefined>>;

/** The query, with repeated parameters kept. */
export async function readQuery(query: Query): Promise<URLSearchParams> {
  const pairs = Object.entries(await query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs);
}
