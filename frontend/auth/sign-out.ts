import { authClient } from "./client";
import { forgetProof } from "./proof";

/** Ends the session, and what this browser keeps for it. */
export async function signOut(): Promise<void> {
  const { error } = await authClient.signOut();
  if (error) throw new Error("Signing out failed. Try again.");
  forgetProof();
}
