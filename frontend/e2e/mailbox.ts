import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

const END_OF_LETTER = "\r\n.\r\n";

/** A mail server that stores its e-mails. */
export class Mailbox {
  /** The text of each e-mail, the oldest first. */
  readonly letters: string[] = [];
  private held: (() => void)[] | null = null;
  private readonly server: Server = createServer((socket) => this.listenTo(socket));

  /** Starts the server, and returns its address. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `smtp://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Does not greet clients until `letGo`. */
  hold(): void {
    this.held ??= [];
  }

  letGo(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const greet of held) greet();
  }

  close(): void {
    this.server.close();
  }

  private listenTo(socket: Socket): void {
    let heard = "";
    let inLetter = false;
    const say = (words: string) => socket.write(`${words}\r\n`);
    const greet = () => say("220 the mailbox");
    if (this.held) this.held.push(greet);
    else greet();
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      for (;;) {
        const mark = inLetter ? END_OF_LETTER : "\r\n";
        const at = heard.indexOf(mark);
        if (at < 0) return;
        const whole = heard.slice(0, at);
        heard = heard.slice(at + mark.length);
        if (inLetter) this.letters.push(textOf(whole));
        inLetter = !inLetter && whole === "DATA";
        if (whole === "QUIT") return void socket.end("221 bye\r\n");
        say(inLetter ? "354 go on" : "250 well");
      }
    });
  }
}

function textOf(letter: string): string {
  const text = letter.slice(letter.indexOf("\r\n\r\n")).trim();
  if (!/quoted-printable/i.test(letter)) return text;
  const lines = text.replaceAll("=\r\n", "");
  return lines.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}
