import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MovieFilterSchema } from "@cinedeepmatch/contract";
import type { Command } from "commander";
import { repeated, year } from "./parse-option.js";

/** The flags that say which movies to consider. */
export interface FilterFlags {
  readonly genre?: string[];
  readonly from?: number;
  readonly to?: number;
}

/** Adds the flags of {@link FilterFlags} to a command. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--genre <genre>", "only movies of this genre; of any of them when given several times", repeated)
    .option("--from <year>", "only movies of this year or later", year)
    .option("--to <year>", "only movies of this year or earlier", year);
}

/** The filter that the flags ask for. */
export function toFilter({ genre = [], from, to }: FilterFlags): MessageInitShape<typeof MovieFilterSchema> {
  const bounds = { ...(from !== undefined && { min: from }), ...(to !== undefined && { max: to }) };
  return {
    ...(genre.length > 0 && { genres: { any: genre } }),
    ...(Object.keys(bounds).length > 0 && { releaseYear: bounds }),
  };
}
