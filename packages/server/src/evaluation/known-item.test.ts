import { create } from "@bufbuild/protobuf";
import { MatchResponseSchema } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { expect, test } from "vitest";
import { writeTemp } from "../importing/read-all.test.support.js";
import { askKnownItems } from "./known-item.js";
import { readKnownItemQueries, sample } from "./known-item-query.js";
import { reportKnownItems, reportRows } from "./known-item-report.js";
import { quantile, scoreRanks } from "./known-item-scores.js";

const ranks = [1, 2, 10, 11, 100, undefined];

test("scores are the shares of ranks within bounds and the mean reciprocal rank", () => {
  const scores = scoreRanks(ranks);
  expect(scores).toMatchObject({ queries: 6, "success@1": 1 / 6, "success@10": 3 / 6, "success@100": 5 / 6 });
  expect(scores.mrr).toBeCloseTo((1 + 1 / 2 + 1 / 10 + 1 / 11 + 1 / 100) / 6, 12);
  expect(scoreRanks([])).toEqual({ queries: 0, "success@1": 0, "success@10": 0, "success@100": 0, mrr: 0 });
});

test("quantiles are by nearest rank", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([quantile(values, 0.5), quantile(values, 0.95), quantile([7], 0.95), quantile([3, 1], 0.5)]).toEqual([
    50, 95, 7, 1,
  ]);
  expect(quantile([], 0.5)).toBeNaN();
});

test("a sample is spread evenly", () => {
  expect(sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([0, 3, 6]);
  expect(sample([1, 2], 5)).toEqual([1, 2]);
});

test("a movie is known by its article where the query has it, else by title and year", async () => {
  const path = await writeTemp(
    "queries.jsonl",
    [
      { query: "by article", style: "vague", tier: "known", title: "Kite", year: 1999, href: "Kite_(1999_film)" },
      { query: "by title", style: "vague", tier: "obscure", title: "Kite", year: 1950 },
      { query: "absent", style: "keywords", tier: "obscure", title: "Moon", year: 1999, href: "Moon" },
    ]
      .map((query) => JSON.stringify(query))
      .join("\n"),
  );
  const queries = await readKnownItemQueries(path);
  const response = create(MatchResponseSchema, {
    results: [
      { movie: { id: "a", title: "Kite", releaseYear: 1999 } },
      { movie: { id: "b", title: "Kite", releaseYear: 1950 } },
      { movie: { id: "c", title: "K", externalIds: [{ source: "wikipedia", value: "Kite_(1999_film)" }] } },
    ],
  });
  const asked: unknown[] = [];
  const client = {
    match: (request: unknown) => {
      asked.push(request);
      return Promise.resolve(response);
    },
  } as unknown as NodeClient;
  const outcomes = await askKnownItems(client, queries);
  expect(outcomes.map(({ rank }) => rank)).toEqual([3, 2, undefined]);
  expect(asked).toHaveLength(4);
  expect(asked[1]).toMatchObject({ text: "by article", pageSize: 100 });

  const report = reportKnownItems(outcomes);
  expect(report).toMatchObject({
    metric: "known-item",
    overall: { queries: 3, "success@1": 0, "success@10": 0.6667, mrr: 0.2778 },
    style: { vague: { queries: 2, "success@10": 1 }, keywords: { queries: 1, mrr: 0 } },
    tier: { known: { queries: 1, mrr: 0.3333 }, obscure: { queries: 2, mrr: 0.25 } },
  });
  expect(reportRows(report)[0]).toEqual(["all", "3", "0.000", "0.667", "0.667", "0.278"]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});
