import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Message = { type: string; data: { kind?: string; client_name?: string } };

/** A program that receives the calls of webhooks, and checks their signatures. */
export class Receiver {
  /** The messages whose signature was right, the oldest first. */
  readonly messages: Message[] = [];
  status = 204;
  secret = "";
  private readonly server: Server = createServer((request, response) => {
    void this.receive(request).then(() => response.writeHead(this.status).end());
  });

  /** Starts the program, and returns its address. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  close(): void {
    this.server.close();
  }

  private async receive(request: IncomingMessage): Promise<void> {
    let body = "";
    for await (const piece of request) body += String(piece);
    const [id, at] = [request.headers["webhook-id"], request.headers["webhook-timestamp"]];
    const signed = createHmac("sha256", Buffer.from(this.secret.replace("whsec_", ""), "base64"))
      .update(`${String(id)}.${String(at)}.${body}`)
      .digest("base64");
    const signatures = String(request.headers["webhook-signature"]).split(" ");
    if (signatures.includes(`v1,${signed}`)) this.messages.push(JSON.parse(body) as Message);
  }
}
