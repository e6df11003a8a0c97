import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { type MatchRequest, MatchRequestSchema, movieFields } from "@cinedeepmatch/sdk-node";

/** One line of the input: a request, or what is wrong with the line. */
export interface Query {
  /** The line's number, from 1. */
  readonly line: number;
  readonly request?: MatchRequest;
  readonly problem?: string;
}

/** Reads a query from each line, in the JSON of MatchRequest: `{"text": "a heist", "pageSize": 3}`. Empty lines are left out. */
export async function* readQueries(lines: AsyncIterable<string>): AsyncGenerator<Query> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() !== "") yield { line, ...parse(text) };
  }
}

function parse(text: string): Omit<Query, "line"> {
  try {
    const request = fromJson(MatchRequestSchema, JSON.parse(text) as JsonValue);
    // Nothing else is written.
    request.readMask = create(FieldMaskSchema, movieFields("id"));
    return { request };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
