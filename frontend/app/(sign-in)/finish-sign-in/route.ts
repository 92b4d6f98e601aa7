export { showFinishSignIn as GET } from "@/features/sign-in/finish-sign-in";
