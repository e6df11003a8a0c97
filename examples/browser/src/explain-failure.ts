import { CineDeepMatchError } from "@cinedeepmatch/sdk-web";

/** What went wrong, in words for a visitor. */
export interface Explanation {
  title: string;
  hint: string;
}

/** Puts a failure into words. Narrows on `code` and `reason`; messages are for developers. */
export function explainFailure(failure: unknown): Explanation {
  const { code, reason, retryAfterMs } = CineDeepMatchError.from(failure);
  if (reason === "MODEL_UNAVAILABLE") {
    return { title: "The model is still warming up", hint: "It loads for a few seconds after the server starts." };
  }
  switch (code) {
    case "unavailable":
      return { title: "The server cannot be reached", hint: "It may be starting. Try again in a moment." };
    case "resource_exhausted":
      return {
        title: "Too many people are asking at once",
        hint: `Try again in ${Math.max(1, Math.ceil((retryAfterMs ?? 1000) / 1000))} s.`,
      };
    case "deadline_exceeded":
      return { title: "That took too long", hint: "The server is busy. Try again in a moment." };
    case "unauthenticated":
      return {
        title: "No demo session",
        hint: "Open this page at http://localhost:8080 on the machine that runs the server.",
      };
    default:
      return { title: "Something went wrong", hint: `The server said: ${reason ?? code}.` };
  }
}

/** Tells whether a failure is only that nobody wants the answer any more. */
export function isCancelled(failure: unknown): boolean {
  return CineDeepMatchError.from(failure).code === "canceled";
}
