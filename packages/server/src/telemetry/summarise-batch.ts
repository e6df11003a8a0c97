import { ErrorReason } from "@cinedeepmatch/contract";

/** What operators see of a batch: how many requests it carries and since when, and nothing of what they say. */
export function summariseData(data: unknown): object {
  const { tickets, queuedAt } = fieldsOf(data);
  return {
    requests: Array.isArray(tickets) ? tickets.length : 0,
    queuedAt: typeof queuedAt === "number" ? new Date(queuedAt).toISOString() : null,
  };
}

/** What operators see of a batch's result: how many requests were answered, and for what reasons the others failed. */
export function summariseResult(result: unknown): object | null {
  const { outcomes } = fieldsOf(result);
  if (!Array.isArray(outcomes)) return null;
  const failed: Record<string, number> = {};
  let answered = 0;
  for (const outcome of outcomes) {
    const { error } = fieldsOf(outcome);
    if (error === undefined) {
      answered++;
    } else {
      const { reason } = fieldsOf(error);
      const name = ErrorReason[reason as ErrorReason] ?? "UNSPECIFIED";
      failed[name] = (failed[name] ?? 0) + 1;
    }
  }
  return { answered, failed };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
