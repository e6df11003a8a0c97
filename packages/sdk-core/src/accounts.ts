import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  AccountService,
  type ApiKey,
  type CreateApiKeyRequestSchema,
  type CreateApiKeyResponse,
  type ExchangeApiKeyRequestSchema,
  type ListApiKeysRequestSchema,
  type ListApiKeysResponse,
  type MintUserTokenRequestSchema,
  type MintUserTokenResponse,
  type RefreshTokenRequestSchema,
  type RevokeApiKeyRequestSchema,
  type RevokeTokensRequestSchema,
  type SignInRequestSchema,
  type SignOutEverywhereRequestSchema,
  type SignUpRequestSchema,
  type SignUpResponse,
  type TokenGrant,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import type { Caller } from "./caller.js";
import type { Page } from "./page.js";

/** Hands out and takes back the right to call the other services. */
export interface AccountsClient {
  /**
   * Issues a short-lived token bound to one user, for a back end to hand to that user's browser. It can match, read the
   * catalogue and record that user's activity, and nothing else.
   */
  mintUserToken(
    request: MessageInitShape<typeof MintUserTokenRequestSchema>,
    options?: CallOptions,
  ): Promise<MintUserTokenResponse>;

  /** Creates an API key. Its secret is part of this answer and of no other. */
  createApiKey(
    request: MessageInitShape<typeof CreateApiKeyRequestSchema>,
    options?: CallOptions,
  ): Promise<CreateApiKeyResponse>;

  /** Lists API keys without their secrets. */
  listApiKeys(
    request?: MessageInitShape<typeof ListApiKeysRequestSchema>,
    options?: CallOptions,
  ): Page<ListApiKeysResponse, ApiKey>;

  /** Revokes an API key and every token issued for it. */
  revokeApiKey(request: MessageInitShape<typeof RevokeApiKeyRequestSchema>, options?: CallOptions): Promise<void>;

  /** Exchanges an API key for a token. Needs no token. */
  exchangeApiKey(
    request: MessageInitShape<typeof ExchangeApiKeyRequestSchema>,
    options?: CallOptions,
  ): Promise<TokenGrant>;

  /**
   * Creates a user with a password, who then signs in. Needs no token. Does not tell whether the address has an account
   * already, which then stays as it is.
   */
  signUp(request: MessageInitShape<typeof SignUpRequestSchema>, options?: CallOptions): Promise<SignUpResponse>;

  /** Signs a user in with a password. Needs no token. */
  signIn(request: MessageInitShape<typeof SignInRequestSchema>, options?: CallOptions): Promise<TokenGrant>;

  /** Exchanges a refresh token for a new pair. Needs no token. Each works once; using one twice ends the session. */
  refreshToken(request: MessageInitShape<typeof RefreshTokenRequestSchema>, options?: CallOptions): Promise<TokenGrant>;

  /** Ends every session of a user and revokes every token bound to them. */
  signOutEverywhere(
    request: MessageInitShape<typeof SignOutEverywhereRequestSchema>,
    options?: CallOptions,
  ): Promise<void>;

  /** Revokes tokens of the caller's tenant: one, all of a subject or all that are bound to a user. */
  revokeTokens(request: MessageInitShape<typeof RevokeTokensRequestSchema>, options?: CallOptions): Promise<void>;
}

/** Makes the calls of AccountService. */
export function accountsClient(caller: Caller): AccountsClient {
  const rpc = AccountService.method;
  return {
    mintUserToken: (request, options) => caller.unary(rpc.mintUserToken, request, options),
    createApiKey: (request, options) => caller.unary(rpc.createApiKey, request, options),
    listApiKeys: (request = {}, options) => caller.page(rpc.listApiKeys, request, ({ apiKeys }) => apiKeys, options),
    revokeApiKey: async (request, options) => void (await caller.unary(rpc.revokeApiKey, request, options)),
    exchangeApiKey: (request, options) => caller.unary(rpc.exchangeApiKey, request, options),
    signUp: (request, options) => caller.unary(rpc.signUp, request, options),
    signIn: (request, options) => caller.unary(rpc.signIn, request, options),
    refreshToken: (request, options) => caller.unary(rpc.refreshToken, request, options),
    signOutEverywhere: async (request, options) => void (await caller.unary(rpc.signOutEverywhere, request, options)),
    revokeTokens: async (request, options) => void (await caller.unary(rpc.revokeTokens, request, options)),
  };
}
