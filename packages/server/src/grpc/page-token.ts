import { createHash } from "node:crypto";
import { clone, type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";

/**
 * Page tokens carry a position and a digest of the request they belong to, so that a token is refused with any other
 * request. They grant nothing: what a page shows is decided by the caller's token each time.
 */
export interface PageTokens {
  /** The position of the request's token; undefined for a first page. PAGE_TOKEN_INVALID. */
  readonly position: string | undefined;
  /** The token for another position of the same request; empty for none. */
  next(position: string | undefined): string;
}

/** @param request a message with the fields `pageToken` and `pageSize` */
export function pageTokens<Desc extends DescMessage>(
  desc: Desc,
  request: MessageShape<Desc> & { pageToken: string; pageSize: number },
): PageTokens {
  const digest = digestOf(desc, request);
  return {
    position: request.pageToken === "" ? undefined : decode(request.pageToken, digest),
    next: (position) => (position === undefined ? "" : Buffer.from(digest + position).toString("base64url")),
  };
}

function decode(token: string, digest: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith(digest)) {
    throw new ServiceError(
      ErrorReason.PAGE_TOKEN_INVALID,
      "page_token is not one that this request returned: repeat the request unchanged but for page_token.",
      { violations: [{ field: "page_token", description: "not a token of this request" }] },
    );
  }
  return text.slice(digest.length);
}

function digestOf<Desc extends DescMessage>(desc: Desc, request: MessageShape<Desc>): string {
  const bare = clone(desc, request) as MessageShape<Desc> & { pageToken: string; pageSize: number };
  bare.pageToken = "";
  bare.pageSize = 0;
  return createHash("sha256").update(desc.typeName).update(toBinary(desc, bare)).digest("base64url").slice(0, 16);
}
