import Link from "next/link";

import { Notice } from "@/ui/notice";

export default function NotFound() {
  return (
    <Notice title="There is nothing here">
      <p>The address may have been mistyped, or what was here is gone.</p>
      <p className="mt-4">
        <Link href="/" className="text-accent underline underline-offset-4">
          Back to your list
        </Link>
      </p>
    </Notice>
  );
}
