import { postToAuth } from "./client";
import { forgetWritten } from "./written";
import { forgetProof } from "./proof";

/** Ends the session, and deletes the data that this browser keeps for the person. */
export async function signOut(personId: string): Promise<void> {
  const { status } = await postToAuth("/sign-out");
  if (status >= 400) throw new Error("Signing out failed. Try again.");
  await forgetWritten(personId);
  forgetProof();
}
