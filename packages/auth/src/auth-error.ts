const MESSAGES = {
  token_missing: "No token was presented",
  token_too_long: "The token is longer than any this system issues",
  token_malformed: "The token is not a v4.local PASETO with a footer",
  token_key_unknown: "The token names no key of this ring",
  token_invalid: "The token is not authentic",
  token_expired: "The token has expired",
  token_not_yet_valid: "The token is not valid yet",
  token_wrong_audience: "The token is meant for another audience",
  token_revoked: "The token has been revoked",
  claims_invalid: "The claims cannot be issued",
  ticket_too_large: "The sealed ticket is larger than allowed",
  ticket_malformed: "The sealed ticket is not a v4.local PASETO with a footer",
  ticket_key_unknown: "The sealed ticket names no key of this ring",
  ticket_invalid: "The sealed ticket is not authentic for this ticket id",
  ticket_expired: "The ticket's deadline has passed",
  ticket_wrong_model: "The ticket is for another model",
  key_malformed: "The text is not a k4.local PASERK",
  key_unknown: "The ring holds no key of that id",
  key_exists: "The ring already holds that key",
  key_state_conflict: "The key's state does not allow that",
  key_none_issuing: "The ring has no issuing key",
  key_file_exposed: "The key file can be reached by other users",
  key_file_malformed: "The key file does not hold a key ring",
  key_file_unavailable: "The key file cannot be read or written",
  key_file_changed: "The key file was changed by another process",
} as const;

/** What went wrong, stable across releases: narrow on this, never on the message. */
export type AuthErrorCode = keyof typeof MESSAGES;

/** Every {@link AuthErrorCode}, so that a table of errors can be proven complete by a test. */
export const AUTH_ERROR_CODES = Object.freeze(Object.keys(MESSAGES)) as readonly AuthErrorCode[];

/**
 * The one error this package throws on purpose.
 *
 * Its message is fit for a log: it never holds a token, a ticket, a key or a piece of one. For that reason parse errors
 * (whose messages quote their input) are never attached as `cause`; errors of the file system are.
 *
 * @example
 * ```ts
 * try {
 *   await verifyToken(ring, token);
 * } catch (error) {
 *   if (error instanceof AuthError && error.code === "token_expired") return refresh();
 *   throw error;
 * }
 * ```
 */
export class AuthError extends Error {
  override readonly name = "AuthError";
  /** What went wrong. */
  readonly code: AuthErrorCode;

  /**
   * @param code - what went wrong
   * @param detail - a sentence to use in place of the code's own; never with secrets in it
   * @param options - the file system's error, where one is the cause
   */
  constructor(code: AuthErrorCode, detail?: string, options?: { readonly cause?: unknown }) {
    super(detail ?? MESSAGES[code], options);
    this.code = code;
  }
}
