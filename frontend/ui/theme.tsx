"use client";

import { createContext, type ReactNode, useContext, useState } from "react";

import { type Theme, THEME_COOKIE } from "./themes";

const SECONDS_KEPT = 400 * 86_400;

const ThemeContext = createContext<{ theme: Theme; setTheme: (theme: Theme) => void } | null>(null);

/** Stores the theme in a cookie, so that the server renders it. */
export function ThemeProvider({ initial, children }: { initial: Theme; children: ReactNode }) {
  const [theme, setState] = useState(initial);
  const setTheme = (next: Theme) => {
    document.cookie = `${THEME_COOKIE}=${next}; Path=/; Max-Age=${SECONDS_KEPT}; SameSite=Lax`;
    document.documentElement.dataset["theme"] = next;
    setState(next);
  };
  return <ThemeContext value={{ theme, setTheme }}>{children}</ThemeContext>;
}

/** The chosen theme and its setter. */
export function useTheme() {
  const value = useContext(ThemeContext);
  if (!value) throw new Error("useTheme stands outside ThemeProvider");
  return value;
}
