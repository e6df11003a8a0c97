import { randomUUID } from "node:crypto";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";
import type { AccountStore } from "./account-store.js";
import { credentialsRejected } from "./credentials-rejected.js";
import { foldEmail } from "./fold-email.js";
import type { GuessLimits } from "./guess-limits.js";
import type { HashLine } from "./hash-line.js";
import { hashPassword, isOutdated, verifyPassword } from "./password-hash.js";

/** Who wants to sign in or up, and from where. */
export interface PasswordAttempt {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
  /** The network that asks; limits count by it. */
  readonly address: string;
}

/** Hashes passwords; tests replace it. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
  isOutdated(hash: string): boolean;
}

/** What {@link Passwords} are made of. */
export interface PasswordsOptions {
  readonly store: AccountStore;
  readonly limits: GuessLimits;
  readonly line: HashLine;
  /** Whether anybody may sign up in a tenant. */
  readonly isOpen: (tenant: string) => boolean;
  readonly hasher?: PasswordHasher;
  /** The clock, in milliseconds since the epoch. Defaults to `Date.now`. */
  readonly now?: () => number;
}

const ARGON2: PasswordHasher = { hash: hashPassword, verify: verifyPassword, isOutdated };

/** Users who sign in with a password. Nothing here tells, by text or by time, whether an address has an account. */
export class Passwords {
  readonly #options: PasswordsOptions;
  readonly #hasher: PasswordHasher;
  /** Checked where there is no account, so that both take as long. */
  readonly #nobody: Promise<string>;

  constructor(options: PasswordsOptions) {
    this.#options = options;
    this.#hasher = options.hasher ?? ARGON2;
    this.#nobody = this.#hasher.hash(randomUUID());
    // Reported to whoever awaits it.
    this.#nobody.catch(() => {});
  }

  /** Creates an account, or leaves the one as it is that the address has. SIGN_UP_CLOSED, TOO_MANY_ATTEMPTS. */
  async signUp({ tenant, email, password, address }: PasswordAttempt): Promise<void> {
    const { store, limits, line, isOpen, now = Date.now } = this.#options;
    if (!isOpen(tenant)) {
      throw new ServiceError(ErrorReason.SIGN_UP_CLOSED, "Nobody can sign up here by themselves.");
    }
    line.refuseIfFull();
    limits.admitSignUp(address);
    const passwordHash = await line.run(() => this.#hasher.hash(password));
    await store.createUser(tenant, { id: randomUUID(), email: foldEmail(email), passwordHash, createdAt: now() });
  }

  /** The id of the user whose address and password these are. CREDENTIALS_REJECTED, TOO_MANY_ATTEMPTS. */
  async signIn({ tenant, email, password, address }: PasswordAttempt): Promise<string> {
    const { store, limits, line } = this.#options;
    const folded = foldEmail(email);
    line.refuseIfFull();
    const attempt = limits.admit(JSON.stringify([tenant, folded]), address);
    const userId = await line.run(async () => {
      const user = await store.findUser(tenant, folded);
      const isRight = await this.#hasher.verify(password, user?.passwordHash ?? (await this.#nobody));
      if (user === undefined || !isRight) throw credentialsRejected();
      await this.#upgrade(tenant, user, password);
      return user.id;
    });
    attempt.succeeded();
    return userId;
  }

  /** Hashes a password anew, now that it is known, where today's cost is higher than its hash's. */
  async #upgrade(tenant: string, user: { id: string; passwordHash: string }, password: string): Promise<void> {
    if (!this.#hasher.isOutdated(user.passwordHash)) return;
    const passwordHash = await this.#hasher.hash(password);
    await this.#options.store.replacePasswordHash(tenant, user.id, user.passwordHash, passwordHash);
  }
}
