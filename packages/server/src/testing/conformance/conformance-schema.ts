import { readFileSync } from "node:fs";
import {
  clone,
  create,
  createFileRegistry,
  type DescMessage,
  type DescService,
  type FileRegistry,
  fromBinary,
  setExtension,
} from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  MethodOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { authorization } from "@cinedeepmatch/contract/authorization";

const PACKAGE = "connectrpc.conformance.v1";
const SERVICE_FILE = "connectrpc/conformance/v1/service.proto";

/** The conformance suite's messages, and its service under its own name and under one that our gateway forwards. */
export interface ConformanceSchema {
  readonly registry: FileRegistry;
  readonly services: readonly DescService[];
  message(name: string): DescMessage;
}

/** @param image - the path of a FileDescriptorSet of third_party/conformance */
export function readConformanceSchema(image: string): ConformanceSchema {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
  const registry = createFileRegistry(withAlias(set));
  const typeNames = [`${PACKAGE}.ConformanceService`, "cinedeepmatch.v1.ConformanceService"];
  return {
    registry,
    services: typeNames.map((name) => registry.getService(name) ?? missing(name)),
    message: (name) => registry.getMessage(`${PACKAGE}.${name}`) ?? missing(name),
  };
}

/** Our gate wants a rule for every method; nobody who runs the suite has a token. */
function withAlias(set: FileDescriptorSet): FileDescriptorSet {
  const own = set.file.find(({ name }) => name === SERVICE_FILE) ?? missing(SERVICE_FILE);
  for (const method of own.service.flatMap(({ method }) => method)) {
    method.options ??= create(MethodOptionsSchema);
    setExtension(method.options, authorization, create(authorization.message as never, { public: true } as never));
  }
  const alias: FileDescriptorProto = create(FileDescriptorProtoSchema, {
    name: "conformance_alias.proto",
    package: "cinedeepmatch.v1",
    dependency: [SERVICE_FILE],
    service: clone(FileDescriptorProtoSchema, own).service,
    syntax: "proto3",
  });
  return create(FileDescriptorSetSchema, { file: [...set.file, alias] });
}

function missing(name: string): never {
  throw new Error(`The conformance suite has no ${name}`);
}
