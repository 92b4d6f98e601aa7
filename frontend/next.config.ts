import type { NextConfig } from "next";

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
  experimental: { proxyTimeout: 120_000 },
  headers: () =>
    Promise.resolve([
      {
        source: "/:path*",
        headers: [
          { key: "X-Content-Type-Options", value: "nosniff" },
          { key: "X-Frame-Options", value: "DENY" },
          { key: "Referrer-Policy", value: "same-origin" },
          { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
          {
            key: "Permissions-Policy",
            value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
          },
        ],
      },
    ]),
};

export default config;
