import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Another server of this machine, like any program can run. It records the cookies that browsers
 * send, and can set cookies. */
export class LocalServer {
  /** The Cookie header of each request, the oldest first, or an empty string. */
  readonly cookies: string[] = [];
  /** The Set-Cookie header of the next answer. */
  sets: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    this.cookies.push(request.headers.cookie ?? "");
    if (this.sets.length > 0) response.setHeader("Set-Cookie", this.sets);
    response.end("You can go back to the agent.");
  });

  private constructor(private readonly host: string) {}

  /** Listens on a free port, at that host. */
  static async at(host: string): Promise<LocalServer> {
    const local = new LocalServer(host);
    await new Promise<void>((resolve) => local.server.listen(0, "127.0.0.1", resolve));
    return local;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${this.host}:${String(port)}/callback`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
