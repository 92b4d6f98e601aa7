import { preflight } from "@/auth/server/cross-origin";
import { authorizationServerMetadata } from "@/auth/server/metadata";

type Context = { params: Promise<{ issuer?: string[] }> };

/** At the root, and with the issuer's path behind it (RFC 8414, 3.1): clients try both. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { issuer = [] } = await params;
  return ["", "api/auth"].includes(issuer.join("/"))
    ? authorizationServerMetadata()
    : new Response(null, { status: 404 });
}

export const OPTIONS = preflight;
