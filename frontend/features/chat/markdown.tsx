import { Component, type ComponentProps, memo, type ReactNode } from "react";
import ReactMarkdown, { type Components, type ExtraProps } from "react-markdown";
import remarkGfm from "remark-gfm";

import { linkTo, saysWhere } from "./links";
import { plainImages } from "./plain-images";
import { isReadable } from "./readable";

type Props<Tag extends keyof React.JSX.IntrinsicElements> = ComponentProps<Tag> & ExtraProps;
type HastNode = { type: string; value?: string; children?: HastNode[] };

/** Renders untrusted text of a model or an agent. It must not load anything or run code. */
export const MarkdownText = memo(function MarkdownText({ text }: { text: string }) {
  if (!isReadable(text)) return <Plain text={text} />;
  return (
    <OrPlain text={text}>
      <div className="grid gap-2 [overflow-wrap:anywhere]">
        <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
          {text}
        </ReactMarkdown>
      </div>
    </OrPlain>
  );
});

const PLUGINS = [remarkGfm, plainImages];

const Heading = ({ children }: { children?: ReactNode }) => (
  <p dir="auto" className="font-semibold">
    {children}
  </p>
);

const COMPONENTS: Components = {
  a: Anchor,
  img: ({ alt }) => alt, // plainImages leaves none
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  p: ({ children }) => <p dir="auto">{children}</p>,
  ul: ({ children }) => <ul className="grid list-disc gap-1 pl-5">{children}</ul>,
  ol: ({ children, start }) => (
    <ol start={start} className="grid list-decimal gap-1 pl-6">
      {children}
    </ol>
  ),
  li: ({ children }) => <li dir="auto">{children}</li>,
  input: ({ checked }) => (
    <span role="img" aria-label={checked ? "done" : "open"}>
      {checked ? "☑" : "☐"}
    </span>
  ),
  blockquote: ({ children }) => (
    <blockquote dir="auto" className="border-s-2 border-line-strong ps-3 text-muted">
      {children}
    </blockquote>
  ),
  code: ({ children }) => (
    <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.9em]">{children}</code>
  ),
  pre: ({ children }) => (
    <pre className="rounded-lg bg-sunken p-2 text-sm whitespace-pre-wrap">{children}</pre>
  ),
  hr: () => <hr className="border-line" />,
  table: ({ children }) => (
    // Makes it scrollable with the keyboard.
    <div role="region" aria-label="Table" tabIndex={0} className="overflow-x-auto">
      <table className="text-sm">{children}</table>
    </div>
  ),
  th: ({ children }) => (
    <th dir="auto" className="border border-line px-2 py-1 text-start font-medium">
      {children}
    </th>
  ),
  td: ({ children }) => (
    <td dir="auto" className="border border-line px-2 py-1">
      {children}
    </td>
  ),
};

/** A link that also shows its address, because its text can be misleading. */
function Anchor({ href, children, node }: Props<"a">) {
  const link = linkTo(href);
  if (!link) return <>{children}</>;
  return (
    <a
      href={link.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      referrerPolicy="no-referrer"
      className="text-accent underline underline-offset-2"
    >
      {children}
      {saysWhere(textOf(node), link) ? null : <bdi className="text-muted"> ({link.to})</bdi>}
    </a>
  );
}

function textOf(node: HastNode | undefined): string {
  return (node?.value ?? "") + (node?.children ?? []).map(textOf).join("");
}

function Plain({ text }: { text: string }) {
  return (
    <p dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
      {text}
    </p>
  );
}

/** Shows the plain text if rendering it as Markdown fails. */
class OrPlain extends Component<{ text: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Plain text={this.props.text} /> : this.props.children;
  }
}
