import type { DescService, MessageInitShape } from "@bufbuild/protobuf";
import { createClient as createConnectClient, type Client as RpcClient, type Transport } from "@connectrpc/connect";
import { type AccountsClient, accountsClient } from "./accounts.js";
import { type ActivityClient, activityClient } from "./activity.js";
import {
  ActivityService,
  type MatchRequestSchema,
  type MatchResponse,
  type MatchResult,
  MatchService,
  type SimilarMoviesRequestSchema,
  type SimilarMoviesResponse,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import { Caller } from "./caller.js";
import { type CatalogClient, catalogClient } from "./catalog.js";
import type { ClientOptions } from "./client-options.js";
import { memoryEventStorage } from "./event-storage.js";
import { type MatchJobsClient, matchJobsClient } from "./match-jobs.js";
import { type ModelsClient, modelsClient } from "./models.js";
import type { Page } from "./page.js";
import { type PeopleClient, peopleClient } from "./people.js";
import { resilientTransport } from "./resilient-transport.js";
import { RetryBudget } from "./retry-budget.js";
import { TokenSource } from "./token-source.js";
import { Tracker, type TrackingPlatform } from "./tracker.js";

/** Speaks to a CineDeepMatch server. Every call rejects only with CineDeepMatchError. */
export interface Client {
  /**
   * Ranks the catalogue against any mix of text, liked and disliked movies and people, and a user's or a session's
   * taste. At least one of them is needed (`QUERY_EMPTY`).
   *
   * @example
   * ```ts
   * const { results } = await client.match({
   *   text: "a clownfish father searches the ocean for his son",
   *   movies: [{ movieId: "toy-story-1995" }, { movieId: "jaws-1975", weight: -1 }],
   *   filter: { releaseYear: { min: 1990 } },
   *   explain: true,
   * });
   * for (const { movie, score } of results) console.log(movie?.title, score);
   * ```
   */
  match(request: MessageInitShape<typeof MatchRequestSchema>, options?: CallOptions): Page<MatchResponse, MatchResult>;

  /** Ranks the catalogue by likeness to one movie, which is never part of the answer. Rejects with `MOVIE_NOT_FOUND`. */
  similarMovies(
    request: MessageInitShape<typeof SimilarMoviesRequestSchema>,
    options?: CallOptions,
  ): Page<SimilarMoviesResponse, MatchResult>;

  /** The movies. */
  readonly catalog: CatalogClient;
  /** The people credited in them. */
  readonly people: PeopleClient;
  /** What users did. */
  readonly activity: ActivityClient;
  /** Tokens, API keys and sign-in. */
  readonly accounts: AccountsClient;
  /** The models that match. */
  readonly models: ModelsClient;
  /** Matching in the background. */
  readonly matchJobs: MatchJobsClient;

  /**
   * Returns Connect's own client of a service, with this client's token, deadline, retries and errors, for what the
   * methods above leave out: response headers, context values, services of your own.
   */
  rpc<S extends DescService>(service: S): RpcClient<S>;

  /** The same for libraries that take a transport, for example `@connectrpc/connect-query` with React. */
  readonly transport: Transport;

  /** Sends the tracked events and takes no more of them; nothing else needs closing. Rejects where that fails. */
  close(): Promise<void>;
}

/** A client, and what it makes its calls with, for a platform to add to. */
export interface AssembledClient {
  readonly client: Client;
  readonly caller: Caller;
}

const TIMEOUT_MS = 10_000;
const MAX_RETRIES = 2;
/** A few megabytes of events. */
const MEMORY_CAPACITY = 10_000;

/**
 * Builds a client over a platform's transport.
 *
 * @param tracking - where tracked events wait, and when to send them besides the usual
 */
export function assembleClient(
  transport: Transport,
  options: ClientOptions,
  tracking: TrackingPlatform = { storage: memoryEventStorage(MEMORY_CAPACITY) },
): AssembledClient {
  const { token, timeoutMs = TIMEOUT_MS, maxRetries = MAX_RETRIES, logger } = options;
  const tokens = new TokenSource(token);
  const resilient = resilientTransport(transport, { tokens, budget: new RetryBudget(), timeoutMs, maxRetries, logger });
  const caller = new Caller(resilient);
  const record = ActivityService.method.recordEvents;
  const tracker = new Tracker(tracking, (events, how) => caller.unary(record, { events: [...events] }, how), logger);
  const rpc = MatchService.method;
  const client: Client = {
    match: (request, options) => caller.page(rpc.match, request, ({ results }) => results, options),
    similarMovies: (request, options) => caller.page(rpc.similarMovies, request, ({ results }) => results, options),
    catalog: catalogClient(caller),
    people: peopleClient(caller),
    activity: activityClient(caller, tracker),
    accounts: accountsClient(caller),
    models: modelsClient(caller),
    matchJobs: matchJobsClient(caller),
    rpc: (service) => createConnectClient(service, resilient),
    transport: resilient,
    close: () => tracker.close(),
  };
  return { client, caller };
}
