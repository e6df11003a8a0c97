import { protoCamelCase } from "@bufbuild/protobuf/reflect";

/** A path of a `google.api.http` rule as OpenAPI writes it. */
export interface OpenApiPath {
  readonly path: string;
  /** The fields that become parts of the path, and the names of their parameters. */
  readonly variables: readonly { readonly fieldPath: string; readonly name: string }[];
}

/**
 * Writes the paths of a document. OpenAPI takes `/movies/{id}` and `/movies/{movie.id}` for the same path twice, so
 * that whichever comes first names the parameters of both.
 */
export class Paths {
  readonly #names = new Map<string, readonly string[]>();

  read(template: string): OpenApiPath {
    const fieldPaths: string[] = [];
    const shape = template.replace(/\{([\w.]+)(=\*)?\}/g, (_, fieldPath: string) => {
      fieldPaths.push(fieldPath);
      return "{}";
    });
    // OpenAPI has nothing for a variable that spans segments, nor for a wildcard without a name.
    if (/[*=]/.test(shape)) throw new Error(`${template} has no equivalent in OpenAPI: use variables of one segment.`);
    const names = this.#names.get(shape) ?? namesOf(fieldPaths);
    this.#names.set(shape, names);
    const variables = fieldPaths.map((fieldPath, at) => ({ fieldPath, name: names[at] ?? fieldPath }));
    let at = 0;
    return { path: shape.replace(/\{\}/g, () => `{${names[at++]}}`), variables };
  }
}

function namesOf(fieldPaths: readonly string[]): string[] {
  const short = fieldPaths.map((fieldPath) => protoCamelCase(fieldPath.split(".").at(-1) ?? fieldPath));
  if (new Set(short).size === short.length) return short;
  return fieldPaths.map((fieldPath) => protoCamelCase(fieldPath.replaceAll(".", "_")));
}
