import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, test } from "vitest";

const source = readFileSync(new URL("../../server/assets/gen/openapi.json", import.meta.url), "utf8");

test("the document passes Redocly's recommended rules", async () => {
  const config = await createConfig({
    extends: ["recommended-strict"],
    rules: {
      // A server's address is its owner's affair: the document names the gateway that serves it.
      "no-server-example.com": "off",
    },
  });
  const problems = await lintFromString({ source, config, absoluteRef: "/openapi.json" });
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
});
