/** Writes limits.ts, the bounds of openapi.json that the page checks before it sends. */
import { readFile, writeFile } from "node:fs/promises";

/** The text of limits.ts.
 *
 * @param {any} document the OpenAPI document */
export function limitsOf({ components, paths }) {
  const { NewTask, NewKey } = components.schemas;
  const task = NewTask.properties;
  const query = Object.fromEntries(
    paths["/api/{user_id}/tasks"].get.parameters.map((/** @type {any} */ { name, schema }) => [
      name,
      schema,
    ]),
  );
  const limits = {
    title: task.title.maxLength,
    description: task.description.maxLength,
    tag: task.tags.items.maxLength,
    tags: task.tags.maxItems,
    search: query.search.maxLength,
    page: query.limit.maximum,
    keyName: NewKey.properties.name.maxLength,
  };
  const lines = Object.entries(limits).map(([name, value]) => `  ${name}: ${value},\n`);
  return `/** The bounds of openapi.json, in characters or items. Written by: npm run generate */\nexport const LIMITS = {\n${lines.join("")}} as const;\n`;
}

if (process.argv[1] === import.meta.filename) {
  const folder = new URL("./", import.meta.url);
  const document = JSON.parse(await readFile(new URL("openapi.json", folder), "utf8"));
  await writeFile(new URL("limits.ts", folder), limitsOf(document));
}
