import { Notice } from "@/ui/notice";

export default function NotFound() {
  return (
    <Notice title="There is nothing here">
      <p>The address may have been mistyped, or what was here is gone.</p>
      <p className="mt-4">
        {/* eslint-disable-next-line @next/next/no-html-link-for-pages -- next/link adds 3 KB */}
        <a href="/" className="text-accent underline underline-offset-4">
          Back to your list
        </a>
      </p>
    </Notice>
  );
}
