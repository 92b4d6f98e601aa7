import "./globals.css";

import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";

import { readTheme, THEME_COOKIE } from "@/ui/themes";

import { Providers } from "./providers";

export const metadata: Metadata = {
  title: { default: "Surelist", template: "%s · Surelist" },
  description: "One task list that you and all of your AI agents share.",
  icons: { icon: "/favicon.svg" },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f9fbfb" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1416" },
  ],
};

/** Every page is made for its request: the theme is in a cookie, the nonce of scripts in a header. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme}>
      <body className="font-sans text-base">
        <Providers theme={theme}>{children}</Providers>
      </body>
    </html>
  );
}
