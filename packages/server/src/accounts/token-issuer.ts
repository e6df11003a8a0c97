import { type ClaimsToIssue, type IssuedToken, issueToken, type KeyRing } from "@cinedeepmatch/auth";
import type { RevocationList } from "./revocation-list.js";

/** Issues client tokens that no earlier revocation refuses. */
export class TokenIssuer {
  readonly #ring: KeyRing<"client">;
  readonly #revocations: RevocationList;
  readonly #now: () => number;

  constructor(ports: { ring: KeyRing<"client">; revocations: RevocationList; now?: () => number }) {
    this.#ring = ports.ring;
    this.#revocations = ports.revocations;
    this.#now = ports.now ?? Date.now;
  }

  /** Issues a token. Call it only for somebody whose right to it has just been checked. */
  issue(claims: ClaimsToIssue): Promise<IssuedToken> {
    const epoch = this.#revocations.epochOf({ tenant: "default", ...claims });
    // An epoch lies a few seconds ahead; whoever signs in right after it was set is not meant by it.
    return issueToken(this.#ring, { ...claims, issuedAt: Math.max(this.#now(), epoch) });
  }
}
