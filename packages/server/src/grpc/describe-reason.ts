import type { MessageInitShape } from "@bufbuild/protobuf";
import { EventType, type MatchReasonSchema } from "@cinedeepmatch/contract";
import type { Reason } from "../matching/match-work.js";

const DONE: Partial<Record<EventType, string>> = {
  [EventType.VIEWED]: "looked at",
  [EventType.CLICKED]: "chose",
  [EventType.WATCHLISTED]: "want to watch",
  [EventType.WATCHED]: "watched",
  [EventType.LIKED]: "liked",
  [EventType.RATED]: "rated",
};

/** A reason as the API says it: typed, and as a sentence. */
export function describeReason(reason: Reason): MessageInitShape<typeof MatchReasonSchema> {
  const { share } = reason;
  switch (reason.cause) {
    case "text": {
      const { terms, fields } = reason;
      const description = terms.length > 0 ? `Has ${listTerms(terms, fields)}` : "Is about what you described";
      return { cause: { case: "text", value: { terms: [...terms], fields: [...fields] } }, share, description };
    }
    case "movie": {
      const { movieId, title } = reason;
      return { cause: { case: "movie", value: { movieId, title } }, share, description: `Is like ${title}` };
    }
    case "person": {
      const { personId, displayName } = reason;
      return {
        cause: { case: "person", value: { personId, displayName } },
        share,
        description: `Is like the films of ${displayName}`,
      };
    }
    case "activity": {
      const { movieId, title, type } = reason;
      const description = `Because you ${DONE[type] ?? "know"} ${title}`;
      return { cause: { case: "activity", value: { movieId, title, type } }, share, description };
    }
    case "popularity": {
      const { averageRating } = reason;
      return { cause: { case: "popularity", value: { averageRating } }, share, description: "Is liked by many" };
    }
  }
}

function listTerms(terms: readonly string[], fields: readonly string[]): string {
  return terms.map((term, index) => `“${term}” in its ${fields[index] ?? "text"}`).join(", ");
}
