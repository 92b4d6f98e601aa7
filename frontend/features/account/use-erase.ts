import { useMutation } from "@tanstack/react-query";

import { usePerson } from "@/auth/person";
import { postAsPerson } from "@/auth/person-calls";
import { forgetProof } from "@/auth/proof";
import { forgetWritten } from "@/auth/written";

/** Erases the list and the person of this page with one call. The server erases the list first, and
 * keeps the person if that fails. */
export function useErase() {
  const { id } = usePerson();
  return useMutation({
    mutationFn: () => postAsPerson(id, "/delete-user"),
    onSuccess: async () => {
      await forgetWritten(id);
      forgetProof();
    },
  });
}
