import "server-only";

import { createTransport } from "nodemailer";

import { getSettings } from "./settings";

type Letter = { to: string; subject: string; text: string };

/** Sends a letter by the SMTP server of the settings; without one it is an error. */
export async function sendMail({ to, subject, text }: Letter): Promise<void> {
  const { smtp } = getSettings();
  if (!smtp) throw new Error("No mail can be sent: SMTP_URL is not set.");
  await createTransport(smtp.url).sendMail({ from: smtp.from, to, subject, text });
}
