import { useMutation } from "@tanstack/react-query";

import { leaveAfter } from "@/auth/leave-after";
import { SIGN_UP } from "@/auth/paths";
import { usePerson } from "@/auth/person";
import { postAsPerson } from "@/auth/person-calls";
import { forgetProof } from "@/auth/proof";
import { forgetWritten } from "@/auth/written";

/** Erases the list and the person of this page, and leaves. */
export function useErase() {
  const { id } = usePerson();
  return useMutation({
    mutationFn: () => leaveAfter(() => erase(id), SIGN_UP),
  });
}

/** Erases with one call. The server erases the list first, and keeps the person if that fails. */
async function erase(personId: string): Promise<void> {
  await postAsPerson(personId, "/delete-user");
  await forgetWritten(personId);
  forgetProof();
}
