/** Explains how to set the chat's model. */
export function NotSetUp() {
  return (
    <section aria-label="Set up the chat" className="grid gap-2 rounded-xl bg-sunken p-3 text-sm">
      <h3 className="font-medium">The assistant has no model yet</h3>
      <p>
        Whoever runs this Surelist chooses one: OpenAI, Anthropic, Gemini, or one on their own
        machine by Ollama. Set these where Surelist starts, then start it again:
      </p>
      <pre className="rounded-lg border border-line bg-surface p-2 font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap">
        {"SURELIST_MODEL=openai:gpt-5-mini\nSURELIST_MODEL_KEY=sk-...\n\n"}
        {"# or, with nothing leaving the machine:\nSURELIST_MODEL=ollama:qwen3"}
      </pre>
      <p className="text-muted">
        A server of your own needs <code className="font-mono text-xs">SURELIST_MODEL_URL</code>{" "}
        too. The file <code className="font-mono text-xs">docs/chat.md</code> shows each in a few
        lines, and <code className="font-mono text-xs">surelist doctor</code> tries it.
      </p>
    </section>
  );
}
