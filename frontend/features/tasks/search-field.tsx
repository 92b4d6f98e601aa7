import { Search } from "lucide-react";
import { type Ref, useEffect, useState } from "react";

import { LIMITS } from "@/api/limits";
import { Input } from "@/ui/input";

const MS_BEFORE_SEARCHING = 180;

type SearchFieldProps = {
  search: string;
  onChange: (search: string) => void;
  fieldRef: Ref<HTMLInputElement>;
};

/** The words to search for, which are applied a moment after they were typed. */
export function SearchField({ search, onChange, fieldRef }: SearchFieldProps) {
  const [typed, setTyped] = useState(search);
  const [known, setKnown] = useState(search);
  // What this field asked for comes back as `search` later: by then more may have been typed.
  const [asked, setAsked] = useState<readonly string[]>([]);
  if (search !== known) {
    setKnown(search);
    const own = asked.indexOf(search);
    setAsked(own < 0 ? [] : asked.slice(own + 1));
    if (own < 0) setTyped(search);
  }
  useEffect(() => {
    const words = typed.trim();
    if (words === search) return;
    const timer = setTimeout(() => {
      setAsked((before) => [...before, words]);
      onChange(words);
    }, MS_BEFORE_SEARCHING);
    return () => clearTimeout(timer);
  }, [typed, search, onChange]);
  return (
    <div className="relative min-w-0 flex-1">
      <Search
        aria-hidden
        className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
      />
      <Input
        ref={fieldRef}
        type="search"
        aria-label="Search"
        aria-keyshortcuts="/"
        placeholder="Search"
        maxLength={LIMITS.search}
        dir="auto"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setTyped("");
          event.currentTarget.blur();
        }}
        className="h-8! pl-8! pointer-coarse:h-11!"
      />
    </div>
  );
}
