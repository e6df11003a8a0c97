import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";

/** Turns a message into bytes. The failure is worded as Connect's other transports word it, which is how it is told. */
export function serialize<T extends DescMessage>(desc: T, message: MessageShape<T>): Uint8Array<ArrayBuffer> {
  try {
    return toBinary(desc, message);
  } catch (cause) {
    throw new ConnectError(`serialize binary: ${said(cause)}`, Code.Internal);
  }
}

/** Reads a message from bytes. */
export function parse<T extends DescMessage>(desc: T, bytes: Uint8Array): MessageShape<T> {
  try {
    return fromBinary(desc, bytes);
  } catch (cause) {
    throw new ConnectError(`parse binary: ${said(cause)}`, Code.Internal);
  }
}

function said(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
