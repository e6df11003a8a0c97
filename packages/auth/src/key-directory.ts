import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Audience } from "./audience.js";
import { AuthError } from "./auth-error.js";
import { formatKeyFile, parseKeyFile } from "./key-file.js";
import { KeyRing } from "./key-ring.js";
import { type FileStamp, readPrivateFile, stampOf, writePrivateFile } from "./private-file.js";

/** One audience's ring beside the state of the file it was read from. */
class RingFile<A extends Audience> {
  readonly ring: KeyRing<A>;
  readonly #path: string;
  #stamp: FileStamp | undefined;

  constructor(audience: A, directory: string) {
    this.ring = new KeyRing(audience);
    this.#path = join(directory, `${audience}.json`);
  }

  /** Reads the file again if it changed; makes it, with one issuing key, if there is none. */
  async load(): Promise<boolean> {
    const before = await stampOf(this.#path);
    if (before !== undefined && before === this.#stamp) return false;
    if (before === undefined) await this.#create();
    const file = await readPrivateFile(this.#path);
    if (file === undefined) throw new AuthError("key_file_changed");
    this.ring.replaceWith(parseKeyFile(this.ring.audience, file.text, this.#path));
    this.#stamp = file.stamp;
    return true;
  }

  /** Applies a change to a copy, writes the copy, and only then shows it to the holders of the ring. */
  async change(change: (ring: KeyRing<A>) => void): Promise<void> {
    await this.load();
    const draft = new KeyRing(this.ring.audience);
    draft.replaceWith(this.ring);
    change(draft);
    if ((await stampOf(this.#path)) !== this.#stamp) throw new AuthError("key_file_changed");
    this.#stamp = await writePrivateFile(this.#path, formatKeyFile(draft), false);
    this.ring.replaceWith(draft);
  }

  async #create(): Promise<void> {
    // A file that was there and went away is an accident to report, not a first start.
    if (this.#stamp !== undefined) throw new AuthError("key_file_unavailable", `${this.#path} has disappeared`);
    const ring = new KeyRing(this.ring.audience);
    ring.promote(ring.generate().id);
    // Several processes may start for the first time together: the first file stands, the others read it.
    await writePrivateFile(this.#path, formatKeyFile(ring), true);
  }
}

/** The key rings of one directory: `client.json` and `model.json`. Made by {@link openKeyDirectory}. */
export class KeyDirectory {
  readonly #files: { readonly [A in Audience]: RingFile<A> };
  #last: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(directory: string) {
    this.#files = { client: new RingFile("client", directory), model: new RingFile("model", directory) };
  }

  /** The keys of client tokens. The object stays the same; its keys follow {@link update} and {@link reload}. */
  get client(): KeyRing<"client"> {
    return this.#files.client.ring;
  }

  /** The keys of worker tokens and of tickets. The object stays the same; its keys follow {@link update} and {@link reload}. */
  get model(): KeyRing<"model"> {
    return this.#files.model.ring;
  }

  /**
   * Changes a ring and its file: `keys.update("client", (ring) => ring.promote(id))`. All of it or nothing.
   *
   * @param audience - whose ring
   * @param change - what to do to the ring; what it throws is passed on and nothing is written
   * @throws {@link AuthError} `key_file_changed` when another process wrote meanwhile: try again; and as {@link reload}
   */
  async update<A extends Audience>(audience: A, change: (ring: KeyRing<A>) => void): Promise<void> {
    // TypeScript does not follow the audience through the indexed type; RingFile<A> is what stands there.
    const file = this.#files[audience] as unknown as RingFile<A>;
    await this.#inTurn(() => file.change(change));
  }

  /**
   * Takes over what other processes wrote: two `stat` calls when nothing changed, so a server can afford it every
   * few seconds. On an error the rings keep the keys they have.
   *
   * @returns whether any ring changed
   * @throws {@link AuthError} `key_file_exposed`, `key_file_malformed`, `key_file_unavailable`
   */
  async reload(): Promise<boolean> {
    return this.#inTurn(async () => {
      const client = await this.#files.client.load();
      const model = await this.#files.model.load();
      return client || model;
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work).catch(asAuthError);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/**
 * Opens the directory that holds the keys; makes it (mode 0700) and a first issuing key for each audience (files of
 * mode 0600) when they are not there.
 *
 * @param directory - path of the directory, for the keys alone
 * @throws {@link AuthError} `key_file_exposed` when others may write the directory or reach a file;
 *   `key_file_malformed`; `key_file_unavailable` with the file system's error as its cause
 */
export async function openKeyDirectory(directory: string): Promise<KeyDirectory> {
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(asAuthError);
  const { mode } = await stat(directory).catch(asAuthError);
  if (process.platform !== "win32" && (mode & 0o022) !== 0) {
    throw new AuthError("key_file_exposed", `Other users may write to ${directory}: run chmod 700 on it`);
  }
  const keys = new KeyDirectory(directory);
  await keys.reload();
  return keys;
}

function asAuthError(cause: unknown): never {
  throw cause instanceof AuthError || !(cause instanceof Error && "code" in cause)
    ? cause
    : new AuthError("key_file_unavailable", `Key storage failed: ${cause.code}`, { cause });
}
