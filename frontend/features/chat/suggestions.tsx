import { Button } from "@/ui/button";

const EXAMPLES = [
  "What is due this week?",
  "Add “Call the dentist” for tomorrow at 9",
  "Which tasks have I put off the longest?",
] as const;

/** Suggestions for the first message of a conversation. */
export function Suggestions({ onChoose }: { onChoose: (text: string) => void }) {
  return (
    <div className="grid min-h-full content-center gap-4 py-6 text-center">
      <div>
        <h3 className="text-lg font-semibold">Talk to your list</h3>
        <p className="mt-1 text-sm text-muted">
          Ask what is on it, or say what to add, change or finish. Each change can be undone.
        </p>
      </div>
      <ul className="grid justify-items-center gap-2">
        {EXAMPLES.map((text) => (
          <li key={text} className="max-w-full">
            <Button
              size="small"
              onClick={() => onChoose(text)}
              className="h-auto! max-w-full py-1.5 text-start whitespace-normal!"
            >
              {text}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
