import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { issueToken, type KeyRing } from "@cinedeepmatch/auth";
import type { AccountService } from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import { callerOf } from "./call-context.js";
import { USER_TOKEN_SCOPES } from "./scopes.js";

const DEFAULT_TTL_MS = 15 * 60_000;

/** Serves MintUserToken; API keys and passwords are not served yet. */
export function createAccountService(ports: { ring: KeyRing<"client"> }): Partial<ServiceImpl<typeof AccountService>> {
  return {
    async mintUserToken(request, context) {
      const { subject, tenant } = callerOf(context);
      const expiresAt = Date.now() + (request.ttl === undefined ? DEFAULT_TTL_MS : durationMs(request.ttl));
      const { userId } = request;
      const issued = await issueToken(ports.ring, { subject, tenant, userId, scopes: USER_TOKEN_SCOPES, expiresAt });
      return { token: issued.token, expireTime: timestampFromMs(issued.claims.expiresAt) };
    },
  };
}
