import { type DescMethod, getOption, hasOption, type Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { MatchLane, MatchLaneSchema } from "@cinedeepmatch/contract";
import { authorization } from "@cinedeepmatch/contract/authorization";
import type { Lane } from "../limits/lane-room.js";

const SCOPE = "match:read";
const LANES: Readonly<Record<number, Lane>> = { [MatchLane.STANDARD]: "standard", [MatchLane.BULK]: "bulk" };

/** Whether a method's callers wait while a model works for them. */
export function waitsInLane(method: DescMethod): boolean {
  return hasOption(method, authorization) && getOption(method, authorization).scope === SCOPE;
}

/** The lane of a request; undefined where the method's callers wait in none. */
export function laneOf(method: DescMethod, request: Message): Lane | undefined {
  if (!waitsInLane(method)) return undefined;
  const field = laneField(method);
  return toLane(field && (reflect(method.input, request).get(field) as number));
}

/**
 * The lane that a request names, found without reading the rest of it. It decides how long the call may wait and no more,
 * so that whatever makes no sense may be taken for interactive: the gRPC server refuses it.
 *
 * @param method one whose callers wait in lanes
 */
export function findLane(method: DescMethod, request: Buffer, isJson: boolean): Lane {
  const field = laneField(method);
  return toLane(field && (isJson ? findInJson(request, field.jsonName) : findInBinary(request, field.number)));
}

function laneField({ input }: DescMethod) {
  return input.fields.find((field) => field.enum?.typeName === MatchLaneSchema.typeName);
}

function toLane(value: number | undefined): Lane {
  return LANES[value ?? MatchLane.UNSPECIFIED] ?? "interactive";
}

function findInJson(request: Buffer, jsonName: string): number | undefined {
  // Inside of a string, the quotes around the name would be escaped.
  const found = new RegExp(`"${jsonName}"\\s*:\\s*"?(\\w+)`).exec(request.toString("latin1"))?.[1];
  return MatchLaneSchema.values.find(({ name, number }) => name === found || String(number) === found)?.number;
}

function findInBinary(request: Buffer, fieldNumber: number): number | undefined {
  const reader = new BinaryReader(request);
  let found: number | undefined;
  try {
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      if (number === fieldNumber) found = reader.int32();
      else reader.skip(wireType, number);
    }
  } catch {
    // Not a message.
  }
  return found;
}
