import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { forgetClient } from "./database";
import { installPrograms, Program, PROGRAMS } from "./program";

const NAMES = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[];

/** Clients that register again by themselves if their registration is gone. */
const REGISTERS_ANEW = new Set<string>(["the TypeScript SDK"]);

let ann: Visitor;

beforeAll(installPrograms, 120_000);
afterAll(closeBrowser);

describe.each(NAMES)("%s", (name) => {
  let program: Program;
  let clientId: string;

  async function connect(): Promise<void> {
    program = new Program(PROGRAMS[name].command, name);
    const authorize = await program.authorizeUrl();
    clientId = new URL(authorize).searchParams.get("client_id") ?? "";
    await ann.page.goto(authorize);
    await ann.answerConsent("Allow");
    await program.connected();
  }

  beforeEach(async () => {
    ann = await Visitor.withAccount();
    await connect();
  });

  afterEach(async () => {
    await program.close();
    await ann.leave();
  });

  const asked = () => ann.page.getByRole("button", { name: "Allow", exact: true }).waitFor();

  test("asks for consent again after the person has disconnected it", async () => {
    await ann.call("DELETE", `/agents/${clientId}`);
    const authorize = await program.sentToSignIn();
    expect(authorize.searchParams.get("client_id")).toBe(clientId);
    await ann.page.goto(authorize.href);
    await asked();
  });

  test("asks for consent again after the person has erased the list", async () => {
    await ann.call("DELETE", "");
    const authorize = await program.sentToSignIn();
    expect(authorize.searchParams.get("client_id")).toBe(clientId);
    await ann.page.goto(authorize.href);
    await asked();
  });

  test("asks for consent again, or explains how, after a restored backup lost its registration", async () => {
    await forgetClient(clientId);
    const authorize = await program.sentToSignIn();
    const registered = authorize.searchParams.get("client_id") !== clientId;
    if (REGISTERS_ANEW.has(name)) expect(registered).toBe(true);
    await ann.page.goto(authorize.href);
    if (registered) await asked();
    else await ann.page.getByText(/does not know the agent .* add it again, and connect/).waitFor();
  });
});
