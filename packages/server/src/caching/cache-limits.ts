/** Answers are right for as long as the catalogue does not change; this only keeps what nobody asks for from staying. */
export const TTL_MS = 60_000;

/** How much the answers of one server may take: thousands of them. */
export const MAX_BYTES = 32 * 2 ** 20;
