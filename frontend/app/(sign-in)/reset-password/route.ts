export {
  showResetPassword as GET,
  sendResetPassword as POST,
} from "@/features/sign-in/reset-password";
