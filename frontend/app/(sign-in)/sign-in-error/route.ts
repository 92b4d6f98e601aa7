export { showSignInError as GET } from "@/features/sign-in/sign-in-error";
