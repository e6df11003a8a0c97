import { createRegistry, type DescFile, type DescService, type Registry, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { reflection } from "@cinedeepmatch/contract/grpc";
import { Code, type ServiceImpl } from "@connectrpc/connect";

type Request = reflection.ServerReflectionRequest;

/** The standard gRPC reflection service over the generated descriptors. */
export function createReflectionService(
  services: readonly DescService[],
): ServiceImpl<typeof reflection.ServerReflection> {
  const files = new Map<string, DescFile>();
  for (const service of services) collect(service.file, files);
  const registry = createRegistry(...files.values());

  /** A file after those that it imports, as clients like to read them. */
  const describe = (file: DescFile | undefined) => {
    if (file === undefined) {
      return { case: "errorResponse", value: { errorCode: Code.NotFound, errorMessage: "not found" } } as const;
    }
    const needed = new Map<string, DescFile>();
    collect(file, needed);
    const fileDescriptorProto = [...needed.values()].reverse().map((f) => toBinary(FileDescriptorProtoSchema, f.proto));
    return { case: "fileDescriptorResponse", value: { fileDescriptorProto } } as const;
  };

  const answer = ({ messageRequest: wanted }: Request) => {
    switch (wanted.case) {
      case "listServices": {
        const service = services.map(({ typeName }) => ({ name: typeName }));
        return { case: "listServicesResponse", value: { service } } as const;
      }
      case "fileByFilename":
        return describe(files.get(wanted.value));
      case "fileContainingSymbol":
        return describe(fileOf(registry, wanted.value));
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = wanted.value;
        const found = [...registry].find(
          (desc) =>
            desc.kind === "extension" && desc.extendee.typeName === containingType && desc.number === extensionNumber,
        );
        return describe(found?.file);
      }
      default:
        return describe(undefined);
    }
  };

  return {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request) };
      }
    },
  };
}

/** The file that declares a message, an enum, a service, an extension or a service's method. */
function fileOf(registry: Registry, symbol: string): DescFile | undefined {
  const found = registry.get(symbol) ?? registry.get(symbol.slice(0, symbol.lastIndexOf(".")));
  return found && "file" in found ? found.file : undefined;
}

function collect(file: DescFile, into: Map<string, DescFile>): void {
  if (into.has(file.proto.name)) return;
  into.set(file.proto.name, file);
  for (const dependency of file.dependencies) collect(dependency, into);
}
