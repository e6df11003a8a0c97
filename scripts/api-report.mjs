// What each SDK exports, as a report that is kept beside its sources: a change of the API shows in a review, and one
// that was not meant fails the tests. `pnpm run api:update` writes the reports, `pnpm run api:check` compares them.
// Reads dist, so build first.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const packages = ["sdk-core", "sdk-node", "sdk-web"];
const isUpdate = process.argv.includes("--update");

const reportTemp = mkdtempSync(join(tmpdir(), "cinedeepmatch-api-"));
try {
  const changed = packages.filter((name) => !isAsReported(name));
  if (changed.length > 0) {
    console.error(`\nThe API is not what these report: ${changed.map(reportOf).join(", ")}`);
    console.error("If it is meant to change, run `pnpm run api:update` and add a changeset.");
    process.exitCode = 1;
  }
} finally {
  rmSync(reportTemp, { recursive: true });
}

function reportOf(name) {
  return `packages/${name}/${name}.api.md`;
}

function isAsReported(name) {
  const folder = resolve("packages", name);
  const configuration = ExtractorConfig.prepare({
    configObject: configOf(name, folder),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
  const isNew = !existsSync(reportOf(name));
  const { succeeded, apiReportChanged } = Extractor.invoke(configuration, {
    localBuild: isUpdate,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === "error") console.error(`${name}: ${message.text}`);
    },
  });
  return isUpdate || (succeeded && !apiReportChanged && !isNew);
}

function configOf(name, folder) {
  const quiet = { default: { logLevel: "none" } };
  return {
    projectFolder: folder,
    mainEntryPointFilePath: join(folder, "dist/index.d.ts"),
    newlineKind: "lf",
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: "es2024",
          lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
          module: "nodenext",
          strict: true,
          skipLibCheck: true,
          types: [],
        },
        files: ["dist/index.d.ts"],
      },
    },
    apiReport: {
      enabled: true,
      reportFileName: `${name}.api.md`,
      reportFolder: folder,
      reportTempFolder: reportTemp,
      includeForgottenExports: false,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: { compilerMessageReporting: quiet, extractorMessageReporting: quiet, tsdocMessageReporting: quiet },
  };
}
