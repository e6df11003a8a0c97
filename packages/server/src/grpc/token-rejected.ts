import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";

/** One answer for every refused token, so that it tells an attacker nothing. */
export function tokenRejected(): ServiceError {
  return new ServiceError(
    ErrorReason.TOKEN_REJECTED,
    "A valid token is needed: send it as `Authorization: Bearer <token>`.",
  );
}
