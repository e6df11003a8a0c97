/** A time in milliseconds as a google.protobuf.Duration, to the microsecond. */
export function toDuration(ms: number) {
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: Math.round((ms % 1_000) * 1_000) * 1_000 };
}
