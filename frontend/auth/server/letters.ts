import "server-only";

import { sendMail } from "./mail";
import type { Settings } from "./settings";

type Addressed = { user: { email: string } };

export async function sendResetLink({ user, url }: Addressed & { url: string }): Promise<void> {
  await sendMail({
    to: user.email,
    subject: "A new password for Surelist",
    text: `Choose a new password here, within an hour:\n\n${url}\n\nIf you did not ask for it, ignore this e-mail: your password stays as it is.\n`,
  });
}

export async function sendVerificationLink({
  user,
  url,
}: Addressed & { url: string }): Promise<void> {
  await sendMail({
    to: user.email,
    subject: "Confirm your address for Surelist",
    text: `Somebody, hopefully you, has signed up for Surelist with this address. Confirm it here, within an hour:\n\n${url}\n\nIf it was not you, ignore this e-mail.\n`,
  });
}

/** Tells who has signed up once more that there is an account. It holds no link that confirms the
 * address: the password is that of who signed up first, and that may have been somebody else. */
export async function tellOfAccount({ user }: Addressed, { webUrl }: Settings): Promise<void> {
  await sendMail({
    to: user.email,
    subject: "You have an account with Surelist",
    text: `Somebody, hopefully you, has signed up for Surelist with this address, which has an account already. Sign in instead:\n\n${webUrl}/sign-in\n\nIf its address was never confirmed, that sends you the link to confirm it. If you do not know its password, or somebody else may have made the account, choose a new password first:\n\n${webUrl}/forgot-password\n\nIf it was not you, ignore this e-mail.\n`,
  });
}
