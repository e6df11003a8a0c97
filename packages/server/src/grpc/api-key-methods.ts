import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type AccountService, ErrorReason, ListApiKeysRequestSchema } from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { StoredApiKey } from "../accounts/account-store.js";
import type { ApiKeys } from "../accounts/api-keys.js";
import type { Revoker } from "../accounts/revoker.js";
import { ServiceError } from "../matching/service-error.js";
import { callerOf } from "./call-context.js";
import { pageTokens } from "./page-token.js";

type Methods = Pick<
  ServiceImpl<typeof AccountService>,
  "createApiKey" | "listApiKeys" | "revokeApiKey" | "exchangeApiKey"
>;

const DEFAULT_PAGE_SIZE = 50;

/** The methods of AccountService that are about API keys. */
export function createApiKeyMethods({ apiKeys, revoker }: { apiKeys: ApiKeys; revoker: Revoker }): Methods {
  return {
    async createApiKey({ displayName, scopes, expireTime }, context) {
      const expiresAt = expireTime && timestampMs(expireTime);
      const { key, secret } = await apiKeys.create(callerOf(context), { displayName, scopes, expiresAt });
      return { apiKey: toApiKey(key), secret };
    },

    async listApiKeys(request, context) {
      const tokens = pageTokens(ListApiKeysRequestSchema, request);
      const query = { cursor: tokens.position, limit: request.pageSize || DEFAULT_PAGE_SIZE };
      const page = await apiKeys.list(callerOf(context).tenant, query);
      return { apiKeys: page.items.map(toApiKey), nextPageToken: tokens.next(page.nextCursor) };
    },

    async revokeApiKey({ id }, context) {
      if (await revoker.revokeApiKey(callerOf(context).tenant, id)) return {};
      throw new ServiceError(ErrorReason.API_KEY_NOT_FOUND, `There is no API key with the id "${id}".`, {
        metadata: { api_key_id: id },
      });
    },

    async exchangeApiKey({ secret }) {
      const { token, expiresAt } = await apiKeys.exchange(secret);
      return { token, expireTime: timestampFromMs(expiresAt) };
    },
  };
}

function toApiKey({ id, displayName, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }: StoredApiKey) {
  return {
    id,
    displayName,
    scopes: [...scopes],
    createTime: timestampFromMs(createdAt),
    ...optional("expireTime", expiresAt),
    ...optional("lastUseTime", lastUsedAt),
    ...optional("revokeTime", revokedAt),
  };
}

function optional<Name extends string>(name: Name, at: number | undefined): { [N in Name]?: Timestamp } {
  return (at === undefined ? {} : { [name]: timestampFromMs(at) }) as { [N in Name]?: Timestamp };
}
