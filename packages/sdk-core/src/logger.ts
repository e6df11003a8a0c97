/** Where to log to; `console` is one. Tokens and what requests say are never logged. */
export interface Logger {
  /** Told of every finished attempt. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Told of every retry. */
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
}
