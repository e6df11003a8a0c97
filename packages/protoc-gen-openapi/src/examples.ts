import { type DescMethod, fromJson, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";

interface Example {
  readonly request: JsonValue;
  readonly response: JsonValue;
}

const movie = {
  id: "finding-nemo-2003",
  title: "Finding Nemo",
  releaseYear: 2003,
  genres: ["Animation", "Adventure", "Comedy"],
};

/** Calls to try, by the method's full name. */
const examples: Record<string, Example> = {
  "cinedeepmatch.v1.MatchService.Match": {
    request: {
      text: "a clownfish father searches the ocean for his son",
      movies: [{ movieId: "toy-story-1995", weight: 0.5 }],
      filter: { releaseYear: { min: 1990 }, genres: { none: ["Horror"] } },
      pageSize: 3,
      readMask: "id,title,releaseYear,genres",
      explain: true,
    },
    response: {
      results: [
        {
          movie,
          score: 0.91,
          scoreParts: { semantic: 0.78, lexical: 1, example: 0.55 },
          reasons: [
            {
              text: { terms: ["clownfish", "ocean", "son"], fields: ["synopsis", "synopsis", "synopsis"] },
              share: 0.7,
              description: "Its synopsis speaks of clownfish, ocean and son.",
            },
          ],
        },
      ],
      nextPageToken: "djEuMQ",
      matchId: "m-01jd3v9k6x",
      model: { name: "movie-minilm-l6-int8", version: "1" },
      timings: { total: "0.021s", queue: "0.001s", encode: "0.008s", rank: "0.002s" },
    },
  },
  "cinedeepmatch.v1.CatalogService.CreateMovie": {
    request: { movie: { ...movie, synopsis: "A clownfish crosses the ocean to find his son.", countries: ["US"] } },
    response: { ...movie, etag: "1", createTime: "2026-11-22T12:00:00Z", updateTime: "2026-11-22T12:00:00Z" },
  },
  "cinedeepmatch.v1.ActivityService.RecordEvents": {
    request: {
      events: [{ id: "4f5e6a2c", userId: "ada", movieId: "finding-nemo-2003", type: "EVENT_TYPE_LIKED" }],
    },
    response: { recordedCount: 1, eventToken: "42" },
  },
};

/** The example of a method, if it has one. Throws when the method's messages no longer fit it. */
export function exampleOf(method: DescMethod, registry: Registry): Example | undefined {
  const example = examples[`${method.parent.typeName}.${method.name}`];
  if (example === undefined) return undefined;
  return {
    request: toJson(method.input, fromJson(method.input, example.request, { registry }), { registry }),
    response: toJson(method.output, fromJson(method.output, example.response, { registry }), { registry }),
  };
}
