import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type MatchRequest, MatchRequestSchema } from "@cinedeepmatch/sdk-node";

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
    return { request: fromJson(MatchRequestSchema, JSON.parse(text) as JsonValue) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
