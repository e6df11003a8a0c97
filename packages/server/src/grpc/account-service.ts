import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { AccountService } from "@cinedeepmatch/contract";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { ApiKeys } from "../accounts/api-keys.js";
import type { Passwords } from "../accounts/passwords.js";
import type { RevocationTarget, Revoker } from "../accounts/revoker.js";
import type { Sessions, SessionTokens } from "../accounts/sessions.js";
import type { TokenIssuer } from "../accounts/token-issuer.js";
import { networkOf } from "../limits/network-of.js";
import { createApiKeyMethods } from "./api-key-methods.js";
import { callerOf, userOf } from "./call-context.js";
import { PEER_ADDRESS } from "./peer-address.js";
import { USER_TOKEN_SCOPES } from "./scopes.js";

/** What the account service works with. */
export interface AccountPorts {
  readonly issuer: TokenIssuer;
  readonly revoker: Revoker;
  readonly apiKeys: ApiKeys;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
}

const DEFAULT_TTL_MS = 15 * 60_000;
/** The tenant of those who name none. */
const DEFAULT_TENANT = "default";

/** Hands out and takes back tokens. */
export function createAccountService(ports: AccountPorts): ServiceImpl<typeof AccountService> {
  const { issuer, revoker, passwords, sessions } = ports;
  return {
    async mintUserToken(request, context) {
      // The minter's subject stays in the token, so that what revokes the minter revokes it too.
      const { subject, tenant } = callerOf(context);
      const expiresAt = Date.now() + (request.ttl === undefined ? DEFAULT_TTL_MS : durationMs(request.ttl));
      const { userId } = request;
      const { token } = await issuer.issue({ subject, tenant, userId, scopes: USER_TOKEN_SCOPES, expiresAt });
      return { token, expireTime: timestampFromMs(expiresAt) };
    },

    ...createApiKeyMethods(ports),

    async signUp(request, context) {
      await passwords.signUp(attemptOf(request, context));
      return {};
    },

    async signIn(request, context) {
      const attempt = attemptOf(request, context);
      const userId = await passwords.signIn(attempt);
      return grantOf(await sessions.start(attempt.tenant, userId));
    },

    async refreshToken({ refreshToken }) {
      return grantOf(await sessions.refresh(refreshToken));
    },

    async signOutEverywhere(request, context) {
      const claims = callerOf(context);
      await revoker.revoke(claims.tenant, { kind: "user", name: userOf(claims, request.userId) });
      return {};
    },

    async revokeTokens({ target }, context) {
      await revoker.revoke(callerOf(context).tenant, targetOf(target));
      return {};
    },
  };
}

function attemptOf(request: { email: string; password: string; tenant: string }, context: HandlerContext) {
  const { email, password } = request;
  const address = networkOf(context.values.get(PEER_ADDRESS));
  return { tenant: request.tenant || DEFAULT_TENANT, email, password, address };
}

function grantOf({ token, expiresAt, refreshToken, userId }: SessionTokens) {
  return { token, expireTime: timestampFromMs(expiresAt), refreshToken, userId };
}

const KINDS = { tokenId: "token", subject: "subject", userId: "user" } as const;

function targetOf(target: { case: keyof typeof KINDS; value: string } | { case: undefined; value?: undefined }) {
  if (target.case === undefined) throw new Error("The rules in the proto let a request without a target through");
  return { kind: KINDS[target.case], name: target.value } satisfies RevocationTarget;
}
