export {
  handle as DELETE,
  handle as GET,
  handle as OPTIONS,
  handle as POST,
} from "@/auth/server/handler";
