import type { NextConfig } from "next";

/** The pages, and Better Auth, through which an agent may lead a window that it has opened, and that
 * must still find its opener at the end. */
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
  // The proxy in front compresses; what Next compresses it also holds back, server-sent events too.
  compress: false,
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  // `npm run types` does, with the tests' packages there; the build on a newcomer's machine need not.
  typescript: { ignoreBuildErrors: true },
  // Passed through by proxy.ts: a stream of events may be silent for longer than the default 30 s.
  // What is kept of a body for proxy.ts: the API's own bound; serve.mjs refuses more.
  experimental: { proxyTimeout: 120_000, proxyClientMaxBodySize: "1mb" },
  // No picture here needs /_next/image, which asks this server for whatever path it is given.
  images: { unoptimized: true },
  headers: () =>
    Promise.resolve([
      {
        source: "/:path*",
        headers: [
          { key: "X-Content-Type-Options", value: "nosniff" },
          { key: "X-Frame-Options", value: "DENY" },
          // A host's name in a link can carry words out before anybody follows it.
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
