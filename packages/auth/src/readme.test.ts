import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasScope, issueToken, openKeyDirectory, openTicket, sealTicket, TokenVerifier } from "./index.js";

async function example(directory: string) {
  // example
  const keys = await openKeyDirectory(directory);

  // A back end issues a token; the server verifies it on every call.
  const { token } = await issueToken(keys.client, {
    subject: "account/42",
    scopes: ["match:read"],
    expiresAt: Date.now() + 15 * 60_000,
  });
  const verifier = new TokenVerifier({ ring: keys.client, maxTokenAgeMs: 3_600_000 });
  const claims = await verifier.verify(token);
  if (!hasScope(claims, "match:read")) throw new Error("not allowed");

  // The server seals a unit of work; the model worker opens it, before the deadline and under the same id only.
  const ticketId = crypto.randomUUID();
  const sealed = sealTicket(keys.model, {
    ticketId,
    subject: claims.subject,
    tenant: claims.tenant,
    scope: "match:read",
    model: "tower-128",
    expiresAt: Date.now() + 300,
    payload: { text: "a clownfish father searches the ocean for his son" },
  });
  const { payload } = openTicket(keys.model, sealed, { ticketId, model: "tower-128" });
  // end
  return payload;
}

test("the example of the README runs", async () => {
  const root = await mkdtemp(join(tmpdir(), "cinedeepmatch-readme-"));
  await expect(example(join(root, "keys"))).resolves.toMatchObject({ text: expect.stringContaining("clownfish") });
  await rm(root, { recursive: true });
});

test("the example of the README is the one that runs here", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const tested = /\/\/ example\n([\s\S]*?) +\/\/ end/.exec(read("./readme.test.ts"))?.[1]?.replace(/^ {2}/gm, "");
  const shown = /```ts\nimport .*\n\n([\s\S]*?)```/.exec(read("../README.md"))?.[1];
  expect(shown).toBe(tested);
});
