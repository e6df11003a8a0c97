/** One step of a path: a literal, `*` for any one segment, or `**` for all that follow, none included. */
export type Segment = { readonly literal: string } | "*" | "**";

/** A part of the path whose text becomes a field: the segments from `start` up to, without, `end`. */
export interface PathVariable {
  /** The field as the template names it, for example `movie.id`. */
  readonly fieldPath: string;
  readonly start: number;
  /** Infinity where the variable reaches to the end of the path. */
  readonly end: number;
  /** False for a plain `*`, whose text is one segment and is decoded wholly. */
  readonly spansSegments: boolean;
}

/** A path of a `google.api.http` rule, taken apart. */
export interface PathTemplate {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly variables: readonly PathVariable[];
  /** What follows the last `:`, without it; empty where nothing does. */
  readonly verb: string;
}

// What a path segment may hold (RFC 3986), without `:`, which starts the verb, and `*`, which is a wildcard.
const literalPattern = /(?:[\w\-.~!$&'()+,;=@]|%[0-9A-Fa-f]{2})+/y;
const fieldPathPattern = /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y;

/**
 * Takes a template apart. Throws an Error that says where it is wrong.
 *
 * ```
 * Template = "/" Segment { "/" Segment } [ ":" LITERAL ]
 * Segment  = "*" | "**" | LITERAL | "{" FieldPath [ "=" Segment { "/" Segment } ] "}"
 * ```
 *
 * `**` comes last, variables do not nest, and each field is bound once.
 */
export function parsePathTemplate(text: string): PathTemplate {
  const reader = new TemplateReader(text);
  reader.expect("/");
  reader.readSegments(false);
  const verb = reader.take(":") ? reader.readLiteral() : "";
  if (!reader.isAtEnd) reader.fail("expected the end");
  const { segments, variables } = reader;
  const rest = segments.indexOf("**");
  if (rest !== -1 && rest !== segments.length - 1) reader.fail("** must come last");
  return { text, segments, variables, verb };
}

class TemplateReader {
  readonly segments: Segment[] = [];
  readonly variables: PathVariable[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  fail(reason: string): never {
    throw new Error(`The path template "${this.#text}" is wrong at character ${this.#at + 1}: ${reason}.`);
  }

  take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail(`expected "${token}"`);
  }

  readLiteral(): string {
    const raw = this.#match(literalPattern, "a literal");
    try {
      return decodeURIComponent(raw);
    } catch {
      return this.fail(`"${raw}" is not UTF-8`);
    }
  }

  readSegments(inVariable: boolean): void {
    do {
      if (this.take("**")) this.segments.push("**");
      else if (this.take("*")) this.segments.push("*");
      else if (this.take("{")) inVariable ? this.fail("variables do not nest") : this.#readVariable();
      else this.segments.push({ literal: this.readLiteral() });
    } while (this.take("/"));
  }

  #readVariable(): void {
    const fieldPath = this.#match(fieldPathPattern, "a field's name");
    if (this.variables.some((variable) => variable.fieldPath === fieldPath)) this.fail(`${fieldPath} is bound twice`);
    const start = this.segments.length;
    if (this.take("=")) this.readSegments(true);
    else this.segments.push("*");
    this.expect("}");
    const own = this.segments.slice(start);
    const end = own.at(-1) === "**" ? Number.POSITIVE_INFINITY : this.segments.length;
    this.variables.push({ fieldPath, start, end, spansSegments: own.length > 1 || own[0] === "**" });
  }

  #match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? this.fail(`expected ${what}`);
    this.#at += found.length;
    return found;
  }
}
