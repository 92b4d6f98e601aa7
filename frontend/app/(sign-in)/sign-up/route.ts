export { showSignUp as GET, sendSignUp as POST } from "@/features/sign-in/sign-up";
