/** What a token bound to one user may do; the methods' rules confine it to that user. */
export const USER_TOKEN_SCOPES: readonly string[] = [
  "match:read",
  "catalog:read",
  "activity:write",
  "activity:read",
  "account:self",
];

/** What the token of a deployment's own back end may do: everything that a client can. */
export const SERVICE_TOKEN_SCOPES: readonly string[] = [
  "match:read",
  "match:bulk",
  "catalog:read",
  "catalog:write",
  "activity:read",
  "activity:write",
  "activity:admin",
  "token:mint",
  "account:admin",
  "account:self",
  "model:read",
  "model:admin",
  "ops:admin",
];

/** What a model worker may do. */
export const WORKER_TOKEN_SCOPES: readonly string[] = ["worker"];
