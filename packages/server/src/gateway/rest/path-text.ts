import type { PathVariable } from "./path-template.js";

/** A percent sign in a path is not followed by the code of a character. */
export class MalformedPath extends Error {}

/** Decodes one segment of a path. */
export function decodeSegment(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw new MalformedPath(`"${raw}" is not percent-encoded UTF-8`, { cause });
  }
}

/**
 * Reads a variable's text off the raw segments of a path. Where it spans segments, an encoded slash stays encoded:
 * decoded, it could not be told from the slashes between the segments.
 */
export function readVariable({ start, end, spansSegments }: PathVariable, rawSegments: readonly string[]): string {
  const raw = rawSegments.slice(start, end).join("/");
  if (!spansSegments) return decodeSegment(raw);
  return raw
    .split(/%2F/i)
    .map((part) => decodeSegment(part))
    .join("%2F");
}
