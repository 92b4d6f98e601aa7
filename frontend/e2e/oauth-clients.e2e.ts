import { setTimeout as wait } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Agent, callTool } from "./agent";
import { closeBrowser, Visitor } from "./browser";
import { installPrograms, Program, PROGRAMS } from "./program";
import { AGENT_TOKEN_SECONDS } from "./stack";

const CLOCKS_MAY_DIFFER_BY = 60; // seconds; specs/tokens.md
const SECONDS_TO_BE_REFUSED = 10;
const NAMES = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[];

let ann: Visitor;
let connectedAt: number;
let tokenOfThen: string; // without a refresh
const programs = new Map<string, Program>();

beforeAll(async () => {
  installPrograms();
  ann = await Visitor.withAccount();
  for (const name of NAMES)
    programs.set(name, new Program(PROGRAMS[name].command, `Agent in ${name}`));
  for (const program of programs.values()) {
    await ann.page.goto(await program.authorizeUrl());
    await ann.answerConsent("Allow");
    await program.connected();
  }
  const witness = await Agent.register();
  const { body } = await witness.exchange(await witness.allowedBy(ann));
  witness.close();
  tokenOfThen = body["access_token"] ?? "";
  connectedAt = Date.now();
}, 120_000);

afterAll(async () => {
  await Promise.all([...programs.values()].map((program) => program.close()));
  await ann.leave();
  await closeBrowser();
});

const programOf = (name: string): Program => {
  const program = programs.get(name);
  if (!program) throw new Error(`${name} never connected`);
  return program;
};

describe.each(NAMES)("%s, with only the address", (name) => {
  test("finds the tools and works on the person's list", async () => {
    const program = programOf(name);
    expect(program.library).toMatch(new RegExp(`^${PROGRAMS[name].library}`));
    expect(program.tools).toContain("add_task");
    const added = await program.call("add_task", { title: `From ${name}` });
    expect(added.is_error, added.text).toBe(false);
    const { text } = await program.call("list_tasks");
    expect(text).toContain(`From ${name}`);
  });
});

test("the ledger names each agent as the person knows it", async () => {
  type Event = { subject: string; client_name: string };
  const { events } = (await ann.call("GET", "/events")) as { events: Event[] };
  const ofTasks = events.filter(({ subject }) => subject === "task");
  expect(ofTasks.map(({ client_name }) => client_name).sort()).toEqual(
    NAMES.map((name) => `Agent in ${name}`).sort(),
  );
});

test("each continues when its access token has expired", { timeout: 120_000 }, async () => {
  const ended = connectedAt + (AGENT_TOKEN_SECONDS + CLOCKS_MAY_DIFFER_BY + 1) * 1000;
  expect((await callTool(tokenOfThen, "list_tasks")).status).toBe(200);
  await wait(Math.max(0, ended - Date.now()));
  expect((await callTool(tokenOfThen, "list_tasks")).status).toBe(401);
  for (const name of NAMES) {
    const { text } = await programOf(name).call("list_tasks");
    expect(text, name).toContain(`From ${name}`);
  }
});

test("each is refused within seconds when the person revokes it on the page", async () => {
  await ann.page.goto("/connect");
  for (const name of NAMES) {
    await ann.page.getByRole("button", { name: `Revoke Agent in ${name}` }).click();
    await ann.page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await ann.page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await ann.page.getByText(`${String(NAMES.length)} revoked`).waitFor();
  const works = (name: string) =>
    programOf(name)
      .call("list_tasks")
      .then(
        () => true,
        () => false,
      );
  for (const name of NAMES) {
    await expect
      .poll(() => works(name), { timeout: SECONDS_TO_BE_REFUSED * 1000, interval: 1000 })
      .toBe(false);
  }
});
