// @ts-check
/** The view's side of MCP Apps (io.modelcontextprotocol/ui, version 2026-01-26): JSON-RPC messages
 * between this frame and its host. */

/** @typedef {{ resolve: (result: any) => void, reject: (error: Error) => void }} Waiting */

export class Host {
  /** @type {Map<number, Waiting>} */
  waiting = new Map();
  lastId = 0;
  /** What the host can do. */
  capabilities = /** @type {Record<string, any>} */ ({});

  /** @param {Record<string, (params: any) => void>} handlers by notification */
  constructor(handlers) {
    window.addEventListener("message", ({ source, data }) => {
      if (source !== window.parent || data?.jsonrpc !== "2.0") return;
      if (data.method === undefined) this.settle(data);
      else if (data.id === undefined) handlers[data.method]?.(data.params ?? {});
      else this.answer(data);
    });
  }

  /** Introduces the view; resolves with the host's context.
   *
   * @param {string} name
   * @returns {Promise<Record<string, any>>} */
  async connect(name) {
    const { hostCapabilities, hostContext } = await this.request("ui/initialize", {
      protocolVersion: "2026-01-26",
      appInfo: { name, version: "1" },
      appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
    });
    this.capabilities = hostCapabilities ?? {};
    this.notify("ui/notifications/initialized", {});
    return hostContext ?? {};
  }

  /** @param {string} method
   * @param {object} params
   * @returns {Promise<any>} the result. Rejects with the host's error. */
  request(method, params) {
    const id = ++this.lastId;
    this.post({ id, method, params });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  /** @param {string} method
   * @param {object} params */
  notify(method, params) {
    this.post({ method, params });
  }

  /** @param {{ id: number, result?: unknown, error?: { message?: string } }} message */
  settle({ id, result, error }) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message ?? "The host refused the call."));
    else waiting?.resolve(result);
  }

  /** Answers a request of the host: a ping, or that it will remove the view.
   *
   * @param {{ id: number | string, method: string }} message */
  answer({ id, method }) {
    const known = method === "ping" || method === "ui/resource-teardown";
    this.post(
      known ? { id, result: {} } : { id, error: { code: -32601, message: "Method not found" } },
    );
  }

  /** @param {object} message */
  post(message) {
    // A sandboxed frame cannot know the origin of its host. No message contains a secret.
    window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }
}
