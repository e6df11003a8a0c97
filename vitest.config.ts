import { defineConfig } from "vitest/config";
import { ReportSkipped } from "./scripts/report-skipped.mjs";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "examples/*/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    reporters: ["default", new ReportSkipped()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
