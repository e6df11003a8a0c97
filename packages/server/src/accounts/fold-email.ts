/** A mail address as accounts are found by it: without regard to case or to how its characters are composed. */
export function foldEmail(email: string): string {
  return email.trim().normalize("NFKC").toLowerCase();
}
