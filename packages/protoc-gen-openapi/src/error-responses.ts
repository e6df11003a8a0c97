import type { JsonObject } from "@bufbuild/protobuf";

interface ErrorResponse {
  readonly description: string;
  /** A `google.rpc.Code`. */
  readonly code: number;
  readonly message: string;
  readonly reason: string;
}

const responses: Record<string, ErrorResponse> = {
  BadRequest: {
    description: "The request is malformed or breaks a rule; the `google.rpc.BadRequest` detail names the fields.",
    code: 3,
    message: 'page_size: expected a whole number, got "many"',
    reason: "FIELD_INVALID",
  },
  Unauthorized: {
    description: "There is no token, or it is not accepted.",
    code: 16,
    message: "A valid token is needed: send it as `Authorization: Bearer <token>`.",
    reason: "TOKEN_REJECTED",
  },
  Forbidden: {
    description: "The token lacks the scope, or is bound to another user.",
    code: 7,
    message: "The token lacks the scope catalog:write.",
    reason: "SCOPE_MISSING",
  },
  NotFound: {
    description: "What the path names does not exist.",
    code: 5,
    message: 'There is no movie with the id "finding-memo-2003".',
    reason: "MOVIE_NOT_FOUND",
  },
  TooManyRequests: {
    description: "Too many requests; `Retry-After` says when to try again.",
    code: 8,
    message: "Too many requests from this address.",
    reason: "RATE_LIMITED",
  },
  Error: {
    description: "Any other failure. The HTTP status follows from the code, as google/rpc/code.proto says.",
    code: 14,
    message: "No model worker is ready.",
    reason: "MODEL_UNAVAILABLE",
  },
};

/** The answers of failed calls, for all operations to refer to. */
export function errorResponses(status: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(responses).map(([name, { description, code, message, reason }]) => {
      const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "cinedeepmatch" };
      const example = { code, message, details: [info] };
      return [name, { description, content: { "application/json": { schema: status, example } } }];
    }),
  );
}

/** The failures that an operation may answer with. */
export function errorReferences({ isPublic, hasPath }: { isPublic: boolean; hasPath: boolean }): JsonObject {
  const reference = (name: string) => ({ $ref: `#/components/responses/${name}` });
  return {
    400: reference("BadRequest"),
    ...(!isPublic && { 401: reference("Unauthorized"), 403: reference("Forbidden") }),
    ...(hasPath && { 404: reference("NotFound") }),
    429: reference("TooManyRequests"),
    default: reference("Error"),
  };
}
