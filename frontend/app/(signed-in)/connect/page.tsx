import type { Metadata } from "next";

import { ConnectScreen } from "@/features/connect/connect-screen";

export const metadata: Metadata = { title: "Connect" };

export default function ConnectPage() {
  const server = process.env.SURELIST_URL ?? "http://localhost:8000";
  return <ConnectScreen url={`${server}/mcp`} />;
}
