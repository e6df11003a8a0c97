/** Who the visitor is, and the token that says so. */
export interface Session {
  userId: string;
  token: string;
  expireTime: string;
}

/**
 * Gets the visitor's token from the gateway that served this page. A real app asks its own back end instead, which
 * knows who is signed in and mints a token bound to that user.
 */
export class DemoSession {
  #current: Promise<Session> | undefined;

  /** The session; a new one when the old one is about to expire. */
  async get(): Promise<Session> {
    const known = await this.#current?.catch(() => undefined);
    if (known === undefined || Date.parse(known.expireTime) < Date.now() + 10_000) this.#current = open();
    return this.#current as Promise<Session>;
  }

  /** The token function that the SDK wants: called once, and again when the server has refused what it returned. */
  readonly token = async ({ rejected }: { rejected?: string }): Promise<string> => {
    const session = await this.get();
    if (session.token !== rejected) return session.token;
    this.#current = open();
    return (await this.#current).token;
  };
}

async function open(): Promise<Session> {
  const answer = await fetch("/demo/session", { method: "POST" });
  if (!answer.ok) throw new Error(`The gateway gave no demo session (HTTP ${answer.status})`);
  return (await answer.json()) as Session;
}
