export { showConsent as GET, sendConsent as POST } from "@/features/consent/consent";
