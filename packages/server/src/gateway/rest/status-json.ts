import { create, fromBinary, type JsonObject, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { hasCustomJsonRepresentation } from "@bufbuild/protobuf/wkt";
import type { ConnectError } from "@connectrpc/connect";

/** A failure as the JSON of `google.rpc.Status`. The numbers of Connect's codes are those of `google.rpc.Code`. */
export function statusJson(error: ConnectError, registry: Registry): JsonObject {
  const details = error.details.map((detail) => detailJson(detail, registry));
  return { code: error.code, message: error.rawMessage, ...(details.length > 0 && { details }) };
}

type Detail = ConnectError["details"][number];

function detailJson(detail: Detail, registry: Registry): JsonValue {
  if ("desc" in detail) {
    return anyJson(detail.desc.typeName, toJson(detail.desc, create(detail.desc, detail.value), { registry }), false);
  }
  const desc = registry.getMessage(detail.type);
  // A server that is newer than this gateway has details that cannot be written out; their bytes are better than nothing.
  if (desc === undefined) return anyJson(detail.type, base64Encode(detail.value), true);
  const json = toJson(desc, fromBinary(desc, detail.value), { registry });
  return anyJson(detail.type, json, hasCustomJsonRepresentation(desc));
}

function anyJson(typeName: string, json: JsonValue, asValue: boolean): JsonObject {
  const type = { "@type": `type.googleapis.com/${typeName}` };
  return asValue ? { ...type, value: json } : { ...type, ...(json as JsonObject) };
}
