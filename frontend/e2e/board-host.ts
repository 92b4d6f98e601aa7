/** A host of MCP Apps, for a page of a test: the SDK's host, with its MCP client outside of the page. */
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";
import type { McpUiHostCapabilities, McpUiHostContext } from "@modelcontextprotocol/ext-apps";
import type { CallToolResult } from "@modelcontextprotocol/client";

export type Opening = {
  html: string;
  input: Record<string, unknown>;
  result: CallToolResult;
  context: McpUiHostContext;
  capabilities: McpUiHostCapabilities;
};

export type HostWindow = {
  /** Sends a tool call to the server. */
  callServer: (params: unknown) => Promise<CallToolResult>;
  openBoard: (opening: Opening) => Promise<void>;
  setContext: (context: McpUiHostContext) => void;
  /** Whether the board agreed to be removed. */
  removeBoard: () => Promise<boolean>;
  /** What the board told the model, and the height that it asked for. */
  heard: { context: string[]; height: number };
};

const host = window as unknown as HostWindow;
let bridge: AppBridge;
host.heard = { context: [], height: 0 };

/** The policy of a host for a view that needs no domain. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'";

host.openBoard = async ({ html, input, result, context, capabilities }) => {
  const frame = document.createElement("iframe");
  frame.title = "Board";
  frame.setAttribute("sandbox", "allow-scripts allow-forms");
  frame.style.cssText = "width: 100%; height: 600px; border: 0";
  document.body.append(frame);
  const view = frame.contentWindow as Window;
  bridge = new AppBridge(null, { name: "A host", version: "1" }, capabilities, {
    hostContext: context,
  });
  bridge.oncalltool = (params) => host.callServer(params);
  bridge.onupdatemodelcontext = ({ content = [] }) => {
    host.heard.context.push(...content.map((part) => (part.type === "text" ? part.text : "")));
    return Promise.resolve({});
  };
  bridge.addEventListener("sizechange", ({ height = 0 }) => void (host.heard.height = height));
  const ready = new Promise<void>((resolve) =>
    bridge.addEventListener("initialized", () => resolve()),
  );
  await bridge.connect(new PostMessageTransport(view, view));
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  frame.srcdoc = html.replace("<head>", `<head>${policy}`);
  await ready;
  await bridge.sendToolInput({ arguments: input });
  await bridge.sendToolResult(result);
};

host.setContext = (context) => bridge.setHostContext(context);

host.removeBoard = async () => {
  await bridge.teardownResource({});
  return true;
};
