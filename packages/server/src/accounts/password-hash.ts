import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** The cost of a hash; see `docs/security.md` before lowering any of it. */
export interface PasswordCost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP's recommendation for argon2id. Raising it upgrades each hash the next time its user signs in. */
export const PASSWORD_COST: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Beyond this a stored hash was not made here, and would only hold the server up. */
const MAX_MEMORY = 1_048_576;
const MAX_PASSES = 16;
const MAX_PARALLELISM = 16;

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

const derive = promisify<"argon2id", Argon2Parameters, Buffer>(argon2);

/** Hashes a password with argon2id; returns a PHC string, which names its own cost and salt. */
export async function hashPassword(password: string, cost: PasswordCost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await tagOf(password, salt, TAG_BYTES, cost);
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** Whether a password is the one that was hashed, at the cost that the hash names. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const { cost, salt, tag } = parse(hash);
  return timingSafeEqual(await tagOf(password, salt, tag.length, cost), tag);
}

/** Whether a hash was made at another cost than today's. */
export function isOutdated(hash: string, cost: PasswordCost = PASSWORD_COST): boolean {
  const { memory, passes, parallelism } = parse(hash).cost;
  return memory !== cost.memory || passes !== cost.passes || parallelism !== cost.parallelism;
}

function tagOf(password: string, nonce: Uint8Array, tagLength: number, cost: PasswordCost): Promise<Buffer> {
  // One password is typed as different code points on different keyboards.
  const message = password.normalize("NFKC");
  return derive("argon2id", { message, nonce, tagLength, ...cost });
}

function parse(hash: string): { cost: PasswordCost; salt: Buffer; tag: Buffer } {
  const [, memory, passes, parallelism, salt = "", tag = ""] = PHC.exec(hash) ?? [];
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const sane = cost.memory <= MAX_MEMORY && cost.passes <= MAX_PASSES && cost.parallelism <= MAX_PARALLELISM;
  // NaN where the text did not match.
  if (!sane) throw new Error("A stored password hash is not one that this server makes.");
  return { cost, salt: Buffer.from(salt, "base64"), tag: Buffer.from(tag, "base64") };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
