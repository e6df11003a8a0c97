import type { DescMethod, DescService } from "@bufbuild/protobuf";

/** The HTTP path of a method. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** Tells of a path, with or without a query, whether its method takes a stream of messages. */
export function streamTakers(services: readonly DescService[]): (path: string) => boolean {
  const paths = new Set(
    services
      .flatMap(({ methods }) => methods)
      .filter(({ methodKind }) => methodKind === "client_streaming" || methodKind === "bidi_streaming")
      .map(pathOf),
  );
  return (path) => paths.has(path.split("?", 1)[0] ?? "");
}
