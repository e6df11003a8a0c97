import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  ActivityService,
  type EraseUserDataRequestSchema,
  type EraseUserDataResponse,
  type Event,
  type EventSchema,
  type ExportUserDataRequestSchema,
  type ExportUserDataResponse,
  type ListEventsRequestSchema,
  type ListEventsResponse,
  type RecordEventsResponse,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import { type Caller, once } from "./caller.js";
import type { Page } from "./page.js";
import { randomId } from "./random-id.js";

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

  /** Lists a user's events, newest first. */
  listEvents(
    request: MessageInitShape<typeof ListEventsRequestSchema>,
    options?: CallOptions,
  ): Page<ListEventsResponse, Event>;

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
export function activityClient(caller: Caller): ActivityClient {
  const rpc = ActivityService.method;
  return {
    record: (events, options) => {
      const named = events.map((event) => (event.id ? event : { ...event, id: randomId() }));
      return caller.unary(rpc.recordEvents, { events: named }, options);
    },
    listEvents: (request, options) => caller.page(rpc.listEvents, request, ({ events }) => events, options),
    exportUserData: (request, options) => caller.stream(rpc.exportUserData, once(request), options),
    eraseUserData: (request, options) => caller.unary(rpc.eraseUserData, request, options),
  };
}
