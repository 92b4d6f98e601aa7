import { clsx } from "clsx";

type TickProps = {
  checked: boolean;
  label: string;
  tabIndex: number;
  onPress: (byPointer: boolean) => void;
};

/** A checkbox that costs little: there are dozens in a list that scrolls. */
export function Tick({ checked, label, tabIndex, onPress }: TickProps) {
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      aria-label={label}
      tabIndex={tabIndex}
      // A double click is one press.
      onClick={(event) => event.detail <= 1 && onPress(event.detail === 1)}
      className={clsx(
        "grid size-5 place-items-center rounded-full border-[1.5px] transition-colors",
        "pointer-coarse:size-6",
        checked ? "border-accent bg-accent" : "border-line-strong hover:border-accent",
      )}
    >
      {checked ? (
        <svg aria-hidden viewBox="0 0 24 24" className="size-3 text-on-accent">
          <path d="M4 12.5l5 5L20 6.5" fill="none" stroke="currentColor" strokeWidth="3.5" />
        </svg>
      ) : null}
    </button>
  );
}
