import { CopyButton } from "./copy-button";

/** Text with a copy button. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-start justify-between gap-2 rounded-lg bg-sunken p-2 pl-3">
      <pre className="min-w-0 flex-1 py-1.5 font-mono text-sm leading-5 wrap-anywhere whitespace-pre-wrap">
        {text}
      </pre>
      <CopyButton text={text} label={label.replace(/:$/, "")} />
    </div>
  );
}
