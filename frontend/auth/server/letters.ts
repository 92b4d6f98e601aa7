import "server-only";

import { sendLater } from "./mail";
import type { Settings } from "./settings";
import { take, tallyKey } from "./tally";

type Addressed = { user: { email: string } };
type Written = { subject: string; text: string };

const HOUR = 3600;
const DAY = 24 * HOUR;

/** What one address is sent at most, whoever asks: one kind in an hour, all kinds in a day. */
const MOST_IN_AN_HOUR = 3;
const MOST_IN_A_DAY = 10;

/** Each returns at once, so that no answer takes longer for an address that is known. */
export function sendResetLink({ user, token }: Addressed & { token: string }, settings: Settings) {
  const url = `${settings.webUrl}/reset-password?token=${token}`;
  return write("reset", user.email, {
    subject: "A new password for Surelist",
    text: `Choose a new password here, within an hour:\n\n${url}\n\nIf you did not ask for it, ignore this e-mail: your password stays as it is.\n`,
  });
}

export function sendVerificationLink({ user, url }: Addressed & { url: string }) {
  return write("confirm", user.email, {
    subject: "Confirm your address for Surelist",
    text: `Somebody, hopefully you, has signed up for Surelist with this address. Confirm it here, within an hour:\n\n${url}\n\nIf it was not you, ignore this e-mail.\n`,
  });
}

/** Tells who has signed up once more that there is an account. It holds no link that confirms the
 * address: the password is that of who signed up first, and that may have been somebody else. */
export function tellOfAccount({ user }: Addressed, { webUrl }: Settings) {
  return write("known", user.email, {
    subject: "You have an account with Surelist",
    text: `Somebody, hopefully you, has signed up for Surelist with this address, which has an account already. Sign in instead:\n\n${webUrl}/sign-in\n\nIf its address was never confirmed, that sends you the link to confirm it. If you do not know its password, or somebody else may have made the account, choose a new password first:\n\n${webUrl}/forgot-password\n\nIf it was not you, ignore this e-mail.\n`,
  });
}

function write(kind: string, email: string, written: Written): Promise<void> {
  const address = email.toLowerCase();
  sendLater({ to: email, ...written }, async () => {
    const hourly = await take(tallyKey(`letter-${kind}`, address), MOST_IN_AN_HOUR, HOUR);
    return hourly && (await take(tallyKey("letter", address), MOST_IN_A_DAY, DAY));
  });
  return Promise.resolve();
}
