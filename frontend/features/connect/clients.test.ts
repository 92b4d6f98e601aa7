import { expect, test } from "vitest";

import { conversationsCommand, conversationsUrl, isPublic } from "./addresses";
import { clientsFor } from "./clients";

const URL = "https://tasks.example.org/mcp";
const linkOf = (id: string) =>
  clientsFor(URL)
    .find((client) => client.id === id)
    ?.steps.find((step) => step.link)?.link?.href ?? "";

test("Cursor's link carries the address in base64", () => {
  const config = new URLSearchParams(linkOf("cursor").split("?")[1]).get("config") ?? "";
  expect(JSON.parse(atob(config))).toEqual({ url: URL });
});

test("VS Code's link carries the server as JSON", () => {
  const server: unknown = JSON.parse(decodeURIComponent(linkOf("vscode").split("?")[1] ?? ""));
  expect(server).toEqual({ name: "surelist", type: "http", url: URL });
});

test("every client's steps contain the address", () => {
  for (const { name, steps } of clientsFor(URL)) {
    expect(
      steps.some(({ code }) => code?.includes(URL)),
      name,
    ).toBe(true);
  }
});

test.each([
  ["https://tasks.example.org/mcp", true],
  ["http://tasks.example.org/mcp", false],
  ["http://localhost:8000/mcp", false],
  ["https://localhost/mcp", false],
  ["https://192.168.1.4/mcp", false],
  ["http://127.0.0.1:8000/mcp", false],
])("%s can be reached from elsewhere: %s", (url, reachable) => {
  expect(isPublic(url)).toBe(reachable);
});

test("the tools for conversations have an address of their own", () => {
  const url = conversationsUrl("https://lists.example/mcp");
  expect(url).toBe("https://lists.example/conversations/mcp");
  expect(conversationsCommand(url)).toBe(
    `claude mcp add --transport http --scope user surelist-conversations ${url}`,
  );
});

test("Claude Desktop reaches a server on this computer through mcp-remote", () => {
  const codeFor = (url: string) =>
    clientsFor(url)
      .find(({ id }) => id === "claude")
      ?.steps.map(({ code }) => code ?? "")
      .join("") ?? "";
  expect(JSON.parse(codeFor("http://localhost:8000/mcp"))).toEqual({
    mcpServers: {
      surelist: { command: "npx", args: ["-y", "mcp-remote", "http://localhost:8000/mcp"] },
    },
  });
  expect(codeFor(URL)).toBe(URL);
});
