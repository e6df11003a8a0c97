import { hash } from "node:crypto";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";
import { BackOff, type BackOffRule } from "./back-off.js";
import { RecentMap } from "./recent-map.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** One address at one account: somebody has forgotten their password, or is guessing it. */
const PAIR: BackOffRule = { free: 5, firstMs: MINUTE, longestMs: HOUR, forgetMs: 24 * HOUR };
/** One address at all accounts: a household or an office behind one address, or somebody with a list. */
const ADDRESS: BackOffRule = { free: 20, firstMs: 5 * SECOND, longestMs: 15 * MINUTE, forgetMs: HOUR };
/** One account from all addresses: slowed down only, because a lock would let anybody lock anybody out. */
const ACCOUNT: BackOffRule = { free: 50, firstMs: SECOND, longestMs: SECOND, forgetMs: HOUR };
/** One address signing up. */
const SIGN_UP: BackOffRule = { free: 10, firstMs: MINUTE, longestMs: HOUR, forgetMs: 24 * HOUR };

/** Asked for on top of what is needed: people do not notice it, and programs that try in turns do not heed it. */
const PATIENCE_MS = SECOND;

const KNOWN_FOR_MS = 30 * 24 * HOUR;
const MOST_REMEMBERED = 100_000;

/** An attempt that was let through. It counts as failed until it is said to have succeeded. */
export interface Attempt {
  succeeded(): void;
}

/**
 * Limits how often passwords may be tried, so that guessing leads nowhere while the user still gets in from elsewhere.
 * It never looks at whether an account exists. Counted in this process's memory.
 */
export class GuessLimits {
  readonly #pairs: BackOff;
  readonly #addresses: BackOff;
  readonly #accounts: BackOff;
  readonly #signUps: BackOff;
  /** Pairs that signed in lately, and until when that counts. Others' guesses do not slow these down. */
  readonly #known = new RecentMap<number>(MOST_REMEMBERED);
  /** Pairs that were told to wait for the crowd, and until when. */
  readonly #told = new RecentMap<number>(MOST_REMEMBERED);
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#pairs = new BackOff(PAIR, now);
    this.#addresses = new BackOff(ADDRESS, now);
    this.#accounts = new BackOff(ACCOUNT, now);
    this.#signUps = new BackOff(SIGN_UP, now);
    this.#now = now;
  }

  /**
   * Lets somebody try a password, or throws TOO_MANY_ATTEMPTS with the time to wait. The attempt counts from now on, so
   * that a thousand at the same moment are a thousand.
   *
   * @param account the tenant and the folded address of the account, whether there is one or not
   * @param address the network that asks
   */
  admit(account: string, address: string): Attempt {
    const accountKey = keyOf(account);
    const pair = keyOf(account, address);
    const isKnown = (this.#known.get(pair) ?? 0) > this.#now();
    refuse(this.#pairs.waitMs(pair));
    if (!isKnown) this.#refuseInCrowd(pair, address, accountKey);
    this.#pairs.add(pair);
    this.#addresses.add(address);
    this.#accounts.add(accountKey);
    return {
      succeeded: () => {
        this.#pairs.forget(pair);
        this.#addresses.takeBack(address);
        this.#accounts.takeBack(accountKey);
        this.#known.set(pair, this.#now() + KNOWN_FOR_MS);
      },
    };
  }

  /** Lets an address sign somebody up, or throws TOO_MANY_ATTEMPTS. */
  admitSignUp(address: string): void {
    refuse(this.#signUps.waitMs(address));
    this.#signUps.add(address);
  }

  /** Makes those wait whose address or account has had many failures. Whoever does not wait is a program: it counts. */
  #refuseInCrowd(pair: string, address: string, accountKey: string): void {
    const busy = Math.max(this.#addresses.waitMs(address), this.#accounts.waitMs(accountKey));
    if (busy === 0) return;
    const wait = busy + PATIENCE_MS;
    const now = this.#now();
    if ((this.#told.get(pair) ?? 0) > now) this.#pairs.add(pair);
    this.#told.set(pair, now + wait);
    refuse(wait);
  }
}

function refuse(waitMs: number): void {
  if (waitMs <= 0) return;
  throw new ServiceError(ErrorReason.TOO_MANY_ATTEMPTS, "Too many attempts. Wait before you try again.", {
    retryAfterMs: waitMs,
  });
}

/** Short, and no list of the addresses that people sign in with. */
function keyOf(...parts: string[]): string {
  return hash("sha256", JSON.stringify(parts), "base64").slice(0, 22);
}
