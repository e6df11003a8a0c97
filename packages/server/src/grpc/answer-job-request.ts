import { create } from "@bufbuild/protobuf";
import { MatchResponseSchema, MovieSchema } from "@cinedeepmatch/contract";
import type { AnswerRequest } from "../matching/answer-patiently.js";
import type { Matcher } from "../matching/matcher.js";
import { maskedFields } from "./field-mask.js";
import { toAnswer } from "./match-answer.js";
import { DEFAULT_PAGE_SIZE, toMatchQuery } from "./match-query.js";

/**
 * Answers requests of match jobs in the bulk lane. The movies of the answers have only their id, and get the rest when
 * the results are read: a job may be kept for days.
 */
export function createAnswerJobRequest({ matcher }: { matcher: Matcher }): AnswerRequest {
  return async ({ tenant, subject }, request, until) => {
    const startedAt = performance.now();
    // Refuses a wrong mask now, when it is this request that fails.
    maskedFields(MovieSchema, request.readMask, "read_mask");
    const query = { ...toMatchQuery(request, request.userId), offset: 0, limit: request.pageSize || DEFAULT_PAGE_SIZE };
    const reply = await matcher.match(query, { tenant, subject, scope: "match:bulk", lane: "bulk", ...until });
    return create(
      MatchResponseSchema,
      toAnswer(reply, (id) => ({ id }), performance.now() - startedAt),
    );
  };
}
