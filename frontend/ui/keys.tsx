/** A key, or several keys to press one after the other. */
export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className="inline-flex gap-1">
      {keys.map((key) => (
        <kbd
          key={key}
          className="grid h-5 min-w-5 place-items-center rounded border border-line bg-sunken px-1 font-mono text-xs text-muted"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
