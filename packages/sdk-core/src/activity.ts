import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  ActivityService,
  type EraseUserDataRequestSchema,
  type EraseUserDataResponse,
  type Event,
  type EventSchema,
  type ExportUserDataRequestSchema,
  type ExportUserDataResponse,
  type ListAllEventsRequestSchema,
  type ListAllEventsResponse,
  type ListEventsRequestSchema,
  type ListEventsResponse,
  type RecordEventsResponse,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import { type Caller, once } from "./caller.js";
import type { Page } from "./page.js";
import { randomId } from "./random-id.js";
import type { Tracker, TrackingStatus } from "./tracker.js";

/** Records and reads what users did. */
export interface ActivityClient {
  /**
   * Records up to 1,000 events, all or none of them. An event without an id gets one before the first attempt, so that
   * it counts once however often the call is retried. To stay exact across your own repeats, choose the ids yourself.
   *
   * @example
   * ```ts
   * await client.activity.record([{ userId: "ada", movieId: "finding-nemo-2003", type: EventType.LIKED }]);
   * ```
   */
  record(events: readonly MessageInitShape<typeof EventSchema>[], options?: CallOptions): Promise<RecordEventsResponse>;

  /**
   * Takes note of an event and returns at once. Events are sent together: when 50 wait, after five seconds, and when the
   * page is left. What cannot be sent is tried again, later and later, and counts once however often it was sent.
   *
   * In browsers, up to 500 events wait in `localStorage`, for the network or for the next visit; in Node, up to 10,000 in
   * memory, so `await client.close()` before the process ends. Beyond that the oldest are dropped.
   *
   * Name the `userId` even with a token bound to a user, where people share a browser: one user's events are then never
   * recorded as another's.
   *
   * @throws CineDeepMatchError when the client is closed (`failed_precondition`) or a field is out of its type's range
   * @example
   * ```ts
   * client.activity.track({ userId: "ada", movieId: "finding-nemo-2003", type: EventType.VIEWED });
   * ```
   */
  track(event: MessageInitShape<typeof EventSchema>): void;

  /** Sends the tracked events now. Rejects where that fails; they then wait on. */
  flush(): Promise<void>;

  /** Tells how many tracked events wait and how many were given up. */
  trackingStatus(): TrackingStatus;

  /** Lists a user's events, newest first. */
  listEvents(
    request: MessageInitShape<typeof ListEventsRequestSchema>,
    options?: CallOptions,
  ): Page<ListEventsResponse, Event>;

  /** Lists the events of all users in the order of their recording. */
  listAllEvents(
    request?: MessageInitShape<typeof ListAllEventsRequestSchema>,
    options?: CallOptions,
  ): Page<ListAllEventsResponse, Event>;

  /** Streams everything that is stored about a user. */
  exportUserData(
    request: MessageInitShape<typeof ExportUserDataRequestSchema>,
    options?: CallOptions,
  ): AsyncIterable<ExportUserDataResponse>;

  /** Erases everything that is stored about a user. */
  eraseUserData(
    request: MessageInitShape<typeof EraseUserDataRequestSchema>,
    options?: CallOptions,
  ): Promise<EraseUserDataResponse>;
}

/** Makes the calls of ActivityService. */
export function activityClient(caller: Caller, tracker: Tracker): ActivityClient {
  const rpc = ActivityService.method;
  return {
    record: (events, options) => {
      const named = events.map((event) => (event.id ? event : { ...event, id: randomId() }));
      return caller.unary(rpc.recordEvents, { events: named }, options);
    },
    track: (event) => tracker.track(event),
    flush: () => tracker.flush(),
    trackingStatus: () => tracker.status(),
    listEvents: (request, options) => caller.page(rpc.listEvents, request, ({ events }) => events, options),
    listAllEvents: (request = {}, options) => caller.page(rpc.listAllEvents, request, ({ events }) => events, options),
    exportUserData: (request, options) => caller.stream(rpc.exportUserData, once(request), options),
    eraseUserData: (request, options) => caller.unary(rpc.eraseUserData, request, options),
  };
}
