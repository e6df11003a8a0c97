import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createCacheMetrics } from "./cache-metrics.js";
import { createCallMetrics } from "./call-metrics.js";
import { createGatewayMetrics } from "./gateway-metrics.js";
import { createModelMetrics } from "./model-metrics.js";
import { openRegistry } from "./open-registry.js";
import { createQueueMetrics } from "./queue-metrics.js";
import { addServerMetrics } from "./server-metrics.js";
import { addReplicaMetrics, createWorkerMetrics } from "./worker-metrics.js";

const read = (path: string) => readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), "utf8");

/** Every metric of every role, by name. */
function exported() {
  const registry = openRegistry({ name: "minilm", version: "1" });
  createCallMetrics(registry);
  createQueueMetrics(registry);
  createModelMetrics(registry);
  createCacheMetrics(registry);
  createGatewayMetrics(registry);
  addServerMetrics(registry, { readyWorkers: () => 0, laneLoads: async () => [] });
  createWorkerMetrics(registry);
  addReplicaMetrics(registry, () => ({ tenants: 0, movies: 0, revision: 0n }));
  return registry.getMetricsAsArray();
}

/** What Prometheus keeps of the metrics: a histogram is three series. */
function seriesNames(): Set<string> {
  return new Set(
    exported().flatMap(({ name, type }) =>
      String(type) === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => name + suffix) : [name],
    ),
  );
}

const namesIn = (text: string) => [...new Set(text.match(/\b(cinedeepmatch|nodejs|process)_[a-z0-9_]+/g) ?? [])];

test("every metric that the Grafana dashboard names is exported", async () => {
  const dashboard = JSON.parse(await read("docker/grafana-dashboard.json"));
  const expressions: string[] = dashboard.panels.flatMap((panel: { targets?: { expr: string }[] }) =>
    (panel.targets ?? []).map(({ expr }) => expr),
  );
  const named = namesIn(expressions.join("\n"));
  expect(named.length).toBeGreaterThan(15);
  const known = seriesNames();
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test("docs/operations.md lists our metrics, all of them and no others, and alerts on nothing else", async () => {
  const text = await read("docs/operations.md");
  const ours = exported().filter(({ name }) => name.startsWith("cinedeepmatch_"));
  const listed = [...text.matchAll(/^\| `(cinedeepmatch_\w+)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(ours.map(({ name }) => name).sort());
  const known = new Set([...seriesNames(), ...ours.map(({ name }) => name), "cinedeepmatch_ops"]);
  expect(namesIn(text).filter((name) => !known.has(name))).toEqual([]);
});
