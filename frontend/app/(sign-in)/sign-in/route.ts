export { showSignIn as GET, sendSignIn as POST } from "@/features/sign-in/sign-in";
