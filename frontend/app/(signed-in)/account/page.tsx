import type { Metadata } from "next";

import { requireSession } from "@/auth/server/session";
import { AccountScreen } from "@/features/account/account-screen";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const { user } = await requireSession();
  return <AccountScreen name={user.name} />;
}
