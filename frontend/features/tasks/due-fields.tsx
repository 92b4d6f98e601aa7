import { Button } from "@/ui/button";
import { Input } from "@/ui/input";

import { addDays } from "./dates";

type DueFieldsProps = {
  day: string;
  time: string;
  today: string;
  onChange: (due: { day: string; time: string }) => void;
};

/** When a task is due: a day, and a time or none. */
export function DueFields({ day, time, today, onChange }: DueFieldsProps) {
  const quick = [
    ["Today", today],
    ["Tomorrow", addDays(today, 1)],
    ["In a week", addDays(today, 7)],
  ] as const;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-1">
        {quick.map(([words, value]) => (
          <Button
            key={words}
            size="small"
            aria-pressed={day === value}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
            onClick={() => onChange({ day: value, time })}
          >
            {words}
          </Button>
        ))}
        {day ? (
          <Button size="small" look="quiet" onClick={() => onChange({ day: "", time: "" })}>
            No date
          </Button>
        ) : null}
      </div>
      <div className="flex gap-2">
        <Input
          type="date"
          aria-label="Due day"
          value={day}
          max="9998-12-31"
          onChange={(event) =>
            onChange({ day: event.target.value, time: event.target.value ? time : "" })
          }
        />
        <Input
          type="time"
          aria-label="Due time"
          value={time}
          onChange={(event) => onChange({ day: day || today, time: event.target.value })}
          className="max-w-36"
        />
      </div>
    </div>
  );
}
