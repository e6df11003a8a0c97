import { timestampNow } from "@bufbuild/protobuf/wkt";
import type { Claims } from "@cinedeepmatch/auth";
import {
  type ActivityService,
  ErrorReason,
  type Event,
  EventType,
  ListAllEventsRequestSchema,
  ListEventsRequestSchema,
} from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { UserData } from "../accounts/user-data.js";
import type { ActivityStore } from "../matching/activity-store.js";
import { type FieldViolation, ServiceError } from "../matching/service-error.js";
import { callerOf, userOf } from "./call-context.js";
import { pageTokens } from "./page-token.js";
import { createUserDataMethods, type ErasureLog } from "./user-data-methods.js";

const DEFAULT_PAGE_SIZE = 50;
const DEFAULT_BULK_SIZE = 1_000;

/** What the activity service works with. */
export interface ActivityPorts {
  readonly activity: ActivityStore;
  readonly userData: UserData;
  readonly log: ErasureLog;
}

/** Keeps what users did, and gives out or erases all that is known of one of them. */
export function createActivityService(ports: ActivityPorts): ServiceImpl<typeof ActivityService> {
  const { activity } = ports;
  return {
    ...createUserDataMethods(ports.userData, ports.log),

    async recordEvents(request, context) {
      const claims = callerOf(context);
      const events = request.events.map((event) => complete(event, claims));
      refuseIncomplete(events);
      const recorded = await activity.recordEvents(claims.tenant, events);
      return {
        recordedCount: recorded.recordedCount,
        duplicateCount: recorded.duplicateCount,
        eventToken: recorded.sequence.toString(36),
      };
    },

    async listAllEvents(request, context) {
      const tokens = pageTokens(ListAllEventsRequestSchema, request);
      const query = { cursor: tokens.position, limit: request.pageSize || DEFAULT_BULK_SIZE };
      const page = await activity.listAllEvents(callerOf(context).tenant, query);
      return { events: page.items, nextPageToken: tokens.next(page.nextCursor) };
    },

    async listEvents(request, context) {
      const claims = callerOf(context);
      const tokens = pageTokens(ListEventsRequestSchema, request);
      const query = { cursor: tokens.position, limit: request.pageSize || DEFAULT_PAGE_SIZE };
      const page = await activity.listEvents(claims.tenant, userOf(claims, request.userId), query);
      return { events: page.items, nextPageToken: tokens.next(page.nextCursor) };
    },
  };
}

function complete(event: Event, claims: Claims): Event {
  return { ...event, userId: userOf(claims, event.userId), eventTime: event.eventTime ?? timestampNow() };
}

/** What the rules in the proto cannot say, because it depends on the caller's token or on other fields. */
function refuseIncomplete(events: readonly Event[]): void {
  const violations: FieldViolation[] = [];
  events.forEach((event, index) => {
    const at = `events[${index}]`;
    if (event.id === "") violations.push({ field: `${at}.id`, description: "must not be empty" });
    if (event.userId === "") violations.push({ field: `${at}.user_id`, description: "must not be empty" });
    if (event.type === EventType.RATED && event.rating === undefined) {
      violations.push({ field: `${at}.rating`, description: "a rated event needs a rating" });
    }
  });
  const [first] = violations;
  if (first === undefined) return;
  throw new ServiceError(ErrorReason.FIELD_INVALID, `${first.field}: ${first.description}`, { violations });
}
