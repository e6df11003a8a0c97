/** Whether the gRPC server says, in the header `server-timing` of an answer, that a model worked for it. */
export function hasWork(serverTiming: unknown): boolean {
  return /\bwork;dur=\d/.test(String(serverTiming));
}
