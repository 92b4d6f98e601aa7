export {
  showForgotPassword as GET,
  sendForgotPassword as POST,
} from "@/features/sign-in/forgot-password";
