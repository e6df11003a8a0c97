import { randomBytes, timingSafeEqual } from "node:crypto";
import { type Claims, hasScope } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { CursorQuery, Page } from "../matching/catalog-store.js";
import { fieldInvalid, ServiceError } from "../matching/service-error.js";
import type { AccountStore, FoundApiKey, StoredApiKey } from "./account-store.js";
import { credentialsRejected } from "./credentials-rejected.js";
import { subjectOfKey } from "./revoker.js";
import { digestOf, makeSecret } from "./secret.js";
import type { TokenIssuer } from "./token-issuer.js";

/** What a new API key is to be. */
export interface ApiKeyRequest {
  readonly displayName: string;
  readonly scopes: readonly string[];
  /** In milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
}

/** What {@link ApiKeys} are made of. */
export interface ApiKeysOptions {
  readonly store: AccountStore;
  readonly issuer: TokenIssuer;
  /** The clock, in milliseconds since the epoch. Defaults to `Date.now`. */
  readonly now?: () => number;
}

/** How long a key's token lives. */
export const KEY_TOKEN_MS = 60 * 60_000;
/** When a key was last used is known to the minute, so that its use costs a write a minute at most. */
const USE_MS = 60_000;

const SECRET = /^cdm_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;
const NO_DIGEST = new Uint8Array(32);

/** The keys of service accounts: exchanged for tokens, never sent with other calls. */
export class ApiKeys {
  readonly #options: ApiKeysOptions;
  readonly #now: () => number;

  constructor(options: ApiKeysOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Creates a key in the creator's tenant. SCOPE_MISSING when it would hold a scope that its creator does not. */
  async create(creator: Claims, request: ApiKeyRequest): Promise<{ key: StoredApiKey; secret: string }> {
    const createdAt = this.#now();
    const { displayName, expiresAt } = request;
    const scopes = [...new Set(request.scopes)].sort();
    const missing = scopes.find((scope) => !hasScope(creator, scope));
    if (missing !== undefined) {
      const message = `A key cannot hold the scope "${missing}", which its creator does not hold.`;
      throw new ServiceError(ErrorReason.SCOPE_MISSING, message, { metadata: { scope: missing } });
    }
    if (expiresAt !== undefined && expiresAt <= createdAt) throw fieldInvalid("expire_time", "must lie in the future.");
    const id = randomBytes(8).toString("hex");
    const secret = makeSecret(`cdm_${id}_`);
    const key = { id, displayName, scopes, createdAt, expiresAt };
    await this.#options.store.createApiKey(creator.tenant, { ...key, secretDigest: secret.digest });
    return { key: { ...key, lastUsedAt: undefined, revokedAt: undefined }, secret: secret.text };
  }

  /** A page of a tenant's keys, newest first. */
  list(tenant: string, query: CursorQuery): Promise<Page<StoredApiKey>> {
    return this.#options.store.listApiKeys(tenant, query);
  }

  /** Exchanges a key's secret for a token with the key's scopes. CREDENTIALS_REJECTED. */
  async exchange(secret: string): Promise<{ token: string; expiresAt: number }> {
    const key = await this.#find(secret);
    const now = this.#now();
    if (now - (key.lastUsedAt ?? 0) >= USE_MS) await this.#options.store.recordApiKeyUse(key.tenant, key.id, now);
    const expiresAt = Math.min(now + KEY_TOKEN_MS, key.expiresAt ?? Number.POSITIVE_INFINITY);
    const { tenant, scopes } = key;
    const { token } = await this.#options.issuer.issue({ subject: subjectOfKey(key.id), tenant, scopes, expiresAt });
    return { token, expiresAt };
  }

  /** The usable key of a secret. Compared in constant time, also where there is no such key. */
  async #find(secret: string): Promise<FoundApiKey> {
    const id = SECRET.exec(secret)?.[1];
    const key = id === undefined ? undefined : await this.#options.store.findApiKey(id);
    const isRight = timingSafeEqual(digestOf(secret), key?.secretDigest ?? NO_DIGEST);
    const isOver = key?.revokedAt !== undefined || (key?.expiresAt ?? Number.POSITIVE_INFINITY) <= this.#now();
    if (key === undefined || !isRight || isOver) throw credentialsRejected();
    return key;
  }
}
