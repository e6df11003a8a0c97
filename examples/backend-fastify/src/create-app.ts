import { durationFromMs, movieFields, type NodeClient } from "@cinedeepmatch/sdk-node";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { sessionUser, startSession } from "./session-cookie.ts";

/** What the back end is made of. */
export interface AppOptions {
  /** Speaks to CineDeepMatch with the app's own token, which no browser ever sees. */
  readonly client: NodeClient;
  /** Signs the session cookies. */
  readonly cookieSecret: string;
}

/** Short, because a token that leaks from a page is good for no longer; the SDK fetches the next one by itself. */
const TOKEN_LIFE_MS = 5 * 60_000;

/** Builds the back end. */
export function createApp({ client, cookieSecret }: AppOptions): FastifyInstance {
  const app = Fastify();
  app.register(fastifyCookie, { secret: cookieSecret });

  // In place of the app's own sign-in, with its passwords or its identity provider.
  app.post<{ Body: { userId: string } }>("/sign-in", { schema: signIn }, async (request, reply) => {
    startSession(reply, request.body.userId);
    return reply.code(204).send();
  });

  // Whose token it is comes from the session and from nothing that the browser says.
  app.post("/cinedeepmatch-token", async (request, reply) => {
    const userId = sessionUser(request);
    if (userId === undefined) return reply.code(401).send({ error: "Sign in first." });
    const { token } = await client.accounts.mintUserToken({ userId, ttl: durationFromMs(TOKEN_LIFE_MS) });
    return reply.header("cache-control", "no-store").type("text/plain").send(token);
  });

  // What the server renders itself needs no token of the user: the app's own may act for all of them.
  app.get("/for-you", async (request, reply) => {
    const userId = sessionUser(request);
    if (userId === undefined) return reply.code(401).send({ error: "Sign in first." });
    const readMask = movieFields("id", "title", "releaseYear");
    const { results } = await client.match({ userId, excludeSeen: true, pageSize: 10, readMask });
    return results.map(({ movie }) => ({ id: movie?.id, title: movie?.title, releaseYear: movie?.releaseYear }));
  });

  return app;
}

const signIn = {
  body: {
    type: "object",
    required: ["userId"],
    properties: { userId: { type: "string", minLength: 1, maxLength: 128 } },
  },
} as const;
