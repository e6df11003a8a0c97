import type { KeyRing } from "@cinedeepmatch/auth";
import type { Logger } from "pino";
import type { AccountStore } from "../accounts/account-store.js";
import { ApiKeys } from "../accounts/api-keys.js";
import { GuessLimits } from "../accounts/guess-limits.js";
import { HashLine } from "../accounts/hash-line.js";
import { Passwords } from "../accounts/passwords.js";
import { RevocationFeed } from "../accounts/revocation-feed.js";
import { RevocationList } from "../accounts/revocation-list.js";
import { Revoker } from "../accounts/revoker.js";
import { Sessions } from "../accounts/sessions.js";
import { TokenIssuer } from "../accounts/token-issuer.js";
import { UserData } from "../accounts/user-data.js";
import type { AccountPorts } from "../grpc/account-service.js";
import { USER_TOKEN_SCOPES } from "../grpc/scopes.js";
import type { ActivityStore } from "../matching/activity-store.js";
import type { MatchJobStore } from "../matching/match-job-store.js";
import type { Closable } from "./teardown.js";

/** Accounts, ready to be served, and what every token is measured against. */
export interface OpenAccounts extends AccountPorts, Closable {
  readonly revocations: RevocationList;
  /** All that is stored about users, the activity of theirs included. */
  userDataWith(activity: ActivityStore, jobs: MatchJobStore): UserData;
}

const PURGE_MS = 60 * 60_000;

/** Opens accounts over their store; resolves once everything is known that has been revoked. */
export async function openAccounts(
  parts: { store: AccountStore; ring: KeyRing<"client">; signUpTenants: readonly string[] },
  log: Logger,
): Promise<OpenAccounts> {
  const { store, ring, signUpTenants } = parts;
  const revocations = new RevocationList();
  const feed = await RevocationFeed.open({ store, list: revocations, log });
  const issuer = new TokenIssuer({ ring, revocations });
  const open = new Set(signUpTenants);
  const purge = setInterval(() => {
    store.purge(Date.now()).catch((err: unknown) => log.warn({ err }, "expired sessions cannot be removed"));
  }, PURGE_MS);
  const revoker = new Revoker({ store, feed });
  return {
    revocations,
    issuer,
    revoker,
    userDataWith: (activity, jobs) => new UserData({ accounts: store, activity, jobs, revoker }),
    apiKeys: new ApiKeys({ store, issuer }),
    passwords: new Passwords({
      store,
      limits: new GuessLimits(),
      line: new HashLine(),
      isOpen: (tenant) => open.has(tenant),
    }),
    sessions: new Sessions({ store, issuer, feed, scopes: USER_TOKEN_SCOPES, log }),
    async close() {
      clearInterval(purge);
      await feed.close();
    },
  };
}
