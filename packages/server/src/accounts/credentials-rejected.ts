import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";

/** The one answer to credentials that are wrong, whatever is wrong with them. */
export function credentialsRejected(): ServiceError {
  return new ServiceError(ErrorReason.CREDENTIALS_REJECTED, "These credentials are not accepted.");
}
