import { test } from "vitest";

import { migrate } from "./auth";

/* Not a test of its own: it makes Better Auth's tables, which backend/tests/support/write_people.py then
 * describes in backend/surelist/operations/people.sql. */
test("makes the tables", migrate);
