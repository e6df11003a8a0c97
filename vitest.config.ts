import { defineConfig } from "vitest/config";
import { ReportSkipped } from "./scripts/report-skipped.mjs";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "examples/*/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    reporters: ["default", new ReportSkipped()],
    // Far more than any takes: a busy machine is no reason to fail.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
