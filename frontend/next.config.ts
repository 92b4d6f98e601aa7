import type { NextConfig } from "next";

/** The paths of a sign-in and consent in a window that an agent has opened. They keep the window's
 * `opener`. */
const ON_THE_WAY = [
  "api/auth/.*",
  "sign-in",
  "sign-up",
  "forgot-password",
  "reset-password",
  "consent",
  "sign-in-error",
  "finish-sign-in",
].join("|");

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  // serve/compression.mjs compresses. Next.js would delay server-sent events.
  compress: false,
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  // `npm run types` checks them; a build has no test packages.
  typescript: { ignoreBuildErrors: true },
  // For proxy.ts: a stream of events can be silent for longer than the default of 30 s.
  // The part of a body that proxy.ts gets: the API's limit. serve.mjs refuses larger bodies.
  experimental: { proxyTimeout: 120_000, proxyClientMaxBodySize: "1mb" },
  // Unused. /_next/image would request any path that a caller names from this server.
  images: { unoptimized: true },
  headers: () =>
    Promise.resolve([
      {
        source: "/:path*",
        headers: [
          { key: "X-Content-Type-Options", value: "nosniff" },
          { key: "X-Frame-Options", value: "DENY" },
          // DNS prefetching of a link can leak text in its host name.
          { key: "X-DNS-Prefetch-Control", value: "off" },
          { key: "Referrer-Policy", value: "same-origin" },
          {
            key: "Permissions-Policy",
            value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
          },
        ],
      },
      {
        source: `/((?!(?:${ON_THE_WAY})$).*)`,
        headers: [{ key: "Cross-Origin-Opener-Policy", value: "same-origin" }],
      },
    ]),
};

export default config;
