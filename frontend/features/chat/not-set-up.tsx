/** Explains how to set the chat's model. */
export function NotSetUp() {
  return (
    <section aria-label="Set up the chat" className="grid gap-2 rounded-xl bg-sunken p-3 text-sm">
      <h3 className="font-medium">The assistant has no model yet</h3>
      <p>
        The operator of this server chooses one: OpenAI, Anthropic, Gemini, or one on their own
        machine with Ollama. Set these variables where Surelist starts, then restart it:
      </p>
      <pre className="rounded-lg border border-line bg-surface p-2 font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap">
        {"SURELIST_MODEL=openai:gpt-5-mini\nSURELIST_MODEL_KEY=sk-...\n\n"}
        {"# or, to keep all data on your machine:\nSURELIST_MODEL=ollama:qwen3"}
      </pre>
      <p className="text-muted">
        Your own model server also needs{" "}
        <code className="font-mono text-xs">SURELIST_MODEL_URL</code>. The file{" "}
        <code className="font-mono text-xs">docs/chat.md</code> has an example for each, and{" "}
        <code className="font-mono text-xs">surelist doctor</code> tests the model.
      </p>
    </section>
  );
}
