import "server-only";

import { createTransport, type Transporter } from "nodemailer";

import { getSettings } from "./settings";

type Letter = { to: string; subject: string; text: string };

/** Letters that wait at most; more are not sent, so that a slow mail server fills no memory. */
const MOST_WAITING = 100;
const AT_ONCE = 2;
const MILLISECONDS_TO_CONNECT = 10_000;
const MILLISECONDS_OF_SILENCE = 30_000;

let transport: Transporter | undefined;
const waiting: (() => Promise<void>)[] = [];
let sending = 0;

/** Sends a letter by the SMTP server of the settings after this answer has left, unless `mayBeSent`
 * says no. One that cannot be sent is lost, and the log says so: whoever waits for it asks again. */
export function sendLater(letter: Letter, mayBeSent: () => Promise<boolean>): void {
  if (waiting.length >= MOST_WAITING) {
    console.error("A letter was not sent, since too many are waiting");
    return;
  }
  waiting.push(async () => {
    if (await mayBeSent()) await send(letter);
  });
  setImmediate(next);
}

function next(): void {
  if (sending >= AT_ONCE) return;
  const job = waiting.shift();
  if (!job) return;
  sending += 1;
  job()
    .catch((error: unknown) => console.error("A letter could not be sent", error))
    .finally(() => {
      sending -= 1;
      next();
    });
}

async function send({ to, subject, text }: Letter): Promise<void> {
  const { smtp } = getSettings();
  if (!smtp) throw new Error("No mail can be sent: SMTP_URL is not set.");
  transport ??= createTransport({
    url: smtp.url,
    connectionTimeout: MILLISECONDS_TO_CONNECT,
    greetingTimeout: MILLISECONDS_TO_CONNECT,
    socketTimeout: MILLISECONDS_OF_SILENCE,
  });
  await transport.sendMail({ from: smtp.from, to, subject, text });
}
