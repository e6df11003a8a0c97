import { readFile } from "node:fs/promises";
import { type Finding, findingsOf } from "./finding.js";

/** `src` and `dist` are siblings, so one address serves both. */
const MANIFEST = new URL("../../../package.json", import.meta.url);

/** Whether this Node can run the server. */
export async function checkNode(version = process.versions.node): Promise<readonly Finding[]> {
  const { ok, problem } = findingsOf("node");
  const { engines } = JSON.parse(await readFile(MANIFEST, "utf8")) as { engines: { node: string } };
  const least = engines.node.replace(">=", "");
  if (isAtLeast(version, least)) return [ok(`Node ${version}.`)];
  return [
    problem(
      `Node ${version} is older than ${least}.`,
      `Install Node ${least} or later, or use npm start, which brings it.`,
    ),
  ];
}

function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}
