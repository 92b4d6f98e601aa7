import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { Client } from "pg";

import { PYTHON, ROOT } from "./stack";

const ADDRESS = `
import sys, pathlib
from surelist.embedded import SUPERUSER, already_running
print(already_running(pathlib.Path(sys.argv[1])).url(SUPERUSER))
`;

/** What a statement returns from Better Auth's tables in the embedded database of a data directory. */
export async function askPeople<Row extends object>(
  data: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const said = execFileSync(PYTHON, ["-c", ADDRESS, data], {
    cwd: join(ROOT, "backend"),
    encoding: "utf8",
  });
  const { username, password, pathname, searchParams } = new URL(
    said.trim().replace(/^postgresql:\/\/([^@]*)@\//, "postgresql://$1@localhost/"),
  );
  const client = new Client({
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    host: searchParams.get("host") ?? "",
    database: pathname.slice(1),
    options: "-c search_path=auth",
  });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
