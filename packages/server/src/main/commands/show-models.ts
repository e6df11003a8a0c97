import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type Model, ModelAction, type ModelChange, ModelKind, ModelState } from "@cinedeepmatch/contract";
import { formatTable, plain } from "./format-table.js";

const HISTORY = 10;

const wordOf = (name: string | undefined) => (name ?? "").toLowerCase().replaceAll("_", " ");
const percent = (share: number) => (share > 0 ? `${Math.round(share * 1_000) / 10}%` : "");
const milliseconds = (time: { seconds: bigint; nanos: number } | undefined) =>
  time === undefined ? "" : `${(Number(time.seconds) * 1_000 + time.nanos / 1e6).toFixed(1)} ms`;

/** Models as a table. */
export function showModels(models: readonly Model[]): string {
  const right = (title: string) => ({ title, align: "right" as const });
  const columns = [
    { title: "Model", maxWidth: 50 },
    { title: "Does" },
    { title: "State" },
    ...["Traffic", "Workers", "Matches", "Failed", "p95"].map(right),
  ];
  return formatTable(columns, models.map(toCells));
}

function toCells(model: Model): string[] {
  const { name, version, kind, state, trafficShare, readyWorkerCount, traffic } = model;
  return [
    `${name}@${version}`,
    wordOf(ModelKind[kind]),
    wordOf(ModelState[state]),
    percent(trafficShare),
    readyWorkerCount > 0 ? `${readyWorkerCount}` : "",
    traffic === undefined ? "" : `${traffic.matchCount}`,
    traffic === undefined ? "" : `${traffic.failureCount}`,
    milliseconds(traffic?.p95Latency),
  ];
}

/** What was done lately, a line each. */
export function showHistory(history: readonly ModelChange[]): string {
  const lines = history.slice(0, HISTORY).map(({ action, name, version, time, subject, reason, trafficShare }) => {
    const when = time === undefined ? "" : timestampDate(time).toISOString().slice(0, 19);
    const share = action === ModelAction.CANARY ? ` ${percent(trafficShare) || "0%"}` : "";
    const what = name === "" ? "likeness of content" : `${name}@${version}`;
    return `${when}  ${wordOf(ModelAction[action])} ${what}${share} by ${plain(subject)}${reason && `: ${plain(reason)}`}`;
  });
  return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
}

/** Everything about one model. */
export function showModel(model: Model): string {
  const { contentModel, files, traffic, metrics, labels } = model;
  const pairs = (record: Record<string, unknown>) =>
    Object.entries(record)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(", ");
  const facts: [string, string][] = [
    ["Does", wordOf(ModelKind[model.kind])],
    ["State", wordOf(ModelState[model.state])],
    ["Traffic", percent(model.trafficShare)],
    ["Ready workers", model.readyWorkerCount > 0 ? `${model.readyWorkerCount}` : ""],
    ["Failure", model.failure],
    ["Reads vectors of", contentModel === undefined ? "" : `${contentModel.name}@${contentModel.version}`],
    ["Metrics", pairs(metrics)],
    ["Labels", pairs(labels)],
    ["Agreement", traffic && traffic.agreement > 0 ? percent(traffic.agreement) : ""],
    ["Licence", model.license],
    ["Files", files.map(({ name, sizeBytes }) => `${name} (${sizeBytes} bytes)`).join(", ")],
  ];
  const lines = facts.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(17)} ${plain(value)}`);
  return `${[`${model.name}@${model.version}`, ...lines].join("\n")}\n`;
}
