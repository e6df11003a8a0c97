import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ActivityService, ExportUserDataResponseSchema } from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { StoredUserData } from "../accounts/account-store.js";
import type { UserData } from "../accounts/user-data.js";
import { callerOf, REQUEST_ID } from "./call-context.js";

/** Where erasures are noted: that there was one, and how much, but not whose. */
export interface ErasureLog {
  info(fields: object, message: string): void;
}

/** ExportUserData and EraseUserData. */
export function createUserDataMethods(
  userData: UserData,
  log: ErasureLog,
): Pick<ServiceImpl<typeof ActivityService>, "exportUserData" | "eraseUserData"> {
  return {
    async *exportUserData({ userId }, context): AsyncGenerator<MessageInitShape<typeof ExportUserDataResponseSchema>> {
      const { tenant } = callerOf(context);
      yield firstPart(await userData.account(tenant, userId));
      for await (const events of userData.events(tenant, userId)) {
        context.signal.throwIfAborted();
        yield { events };
      }
    },

    async eraseUserData({ userId }, context) {
      const { tenant, subject } = callerOf(context);
      const { eventCount, accountCount, sessionCount } = await userData.erase(tenant, userId);
      const requestId = context.values.get(REQUEST_ID);
      log.info({ requestId, tenant, subject, eventCount, accountCount, sessionCount }, "a user's data was erased");
      return {
        erasedEventCount: BigInt(eventCount),
        erasedAccountCount: accountCount,
        erasedSessionCount: sessionCount,
      };
    },
  };
}

function firstPart({ account, sessions, revokedBefore }: StoredUserData) {
  return {
    ...(account && { account: { email: account.email, createTime: timestampFromMs(account.createdAt) } }),
    sessions: sessions.map(({ createdAt, expiresAt }) => ({
      createTime: timestampFromMs(createdAt),
      expireTime: timestampFromMs(expiresAt),
    })),
    ...(revokedBefore !== undefined && { tokensRevokedTime: timestampFromMs(revokedBefore) }),
  };
}
