/** A session of the person, as the account page shows it. The times are ISO 8601 in UTC; `used_at` is
 * at most an hour old for a session in use. */
export type ShownSession = {
  id: string;
  /** It is the session of the browser that asks. */
  current: boolean;
  /** Such as "Firefox on Linux"; null for a program that is no known browser. */
  device: string | null;
  address: string | null;
  signed_in_at: string;
  used_at: string;
};
