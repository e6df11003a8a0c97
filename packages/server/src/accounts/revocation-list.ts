import type { Claims, Revocations } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";
import type { Revocation } from "./account-store.js";

/** How long the list stands when it cannot be brought up to date. */
export const MOST_STALE_MS = 30_000;

interface OfTenant {
  readonly token: Map<string, Revocation>;
  readonly subject: Map<string, Revocation>;
  readonly user: Map<string, Revocation>;
}

/**
 * All revocations in force, in memory, because every call is measured against them. A {@link RevocationFeed} keeps it
 * up to date; when it has not for {@link MOST_STALE_MS}, every token is refused with STORE_UNAVAILABLE: nothing fails open.
 */
export class RevocationList implements Revocations {
  readonly #now: () => number;
  readonly #tenants = new Map<string, OfTenant>();
  #upToDateAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  isRevoked(claims: Claims): boolean {
    if (this.#now() - this.#upToDateAt > MOST_STALE_MS) {
      throw new ServiceError(ErrorReason.STORE_UNAVAILABLE, "What has been revoked is not known at the moment.");
    }
    const known = this.#tenants.get(claims.tenant);
    if (known === undefined) return false;
    return known.token.has(claims.tokenId) || claims.issuedAt < this.epochOf(claims);
  }

  /** Tokens like this one that were issued before this instant are refused. */
  epochOf({ tenant, subject, userId }: Pick<Claims, "tenant" | "subject" | "userId">): number {
    const known = this.#tenants.get(tenant);
    const ofUser = userId === undefined ? undefined : known?.user.get(userId);
    return Math.max(known?.subject.get(subject)?.epoch ?? 0, ofUser?.epoch ?? 0);
  }

  /** Adds revocations, or brings those up to date that it has. */
  apply(revocations: Iterable<Revocation & { readonly tenant: string }>): void {
    for (const revocation of revocations) {
      const known = this.#tenants.get(revocation.tenant) ?? { token: new Map(), subject: new Map(), user: new Map() };
      this.#tenants.set(revocation.tenant, known);
      known[revocation.kind].set(revocation.name, revocation);
    }
  }

  /** Says that everything has been applied that was revoked until `at`, and forgets what had expired then. */
  upToDate(at: number): void {
    this.#upToDateAt = at;
    for (const [tenant, known] of this.#tenants) {
      for (const byName of [known.token, known.subject, known.user]) {
        for (const [name, { expiresAt }] of byName) if (expiresAt < at) byName.delete(name);
      }
      if (known.token.size + known.subject.size + known.user.size === 0) this.#tenants.delete(tenant);
    }
  }
}
