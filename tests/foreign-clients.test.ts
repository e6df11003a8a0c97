import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const REQUEST = JSON.stringify({ text: "a clownfish father searches the ocean for his missing son", pageSize: 1 });
const MATCH = "cinedeepmatch.v1.MatchService/Match";

let server: SpawnedServer;
beforeAll(async () => {
  server = await startServer({ starterCatalog: true });
}, 180_000);
afterAll(() => server?.stop());

describe("buf curl, which knows the API from reflection alone,", () => {
  test("lists the services", async () => {
    const { stdout } = await bufCurl(["--list-services", server.grpcUrl]);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining([
        "cinedeepmatch.v1.MatchService",
        "cinedeepmatch.v1.CatalogService",
        "grpc.health.v1.Health",
      ]),
    );
  });

  test.each(["grpc", "grpcweb", "connect"])("matches by %s on the gRPC server's port", async (protocol) => {
    const { stdout } = await bufCurl(["--protocol", protocol, "--data", REQUEST, `${server.grpcUrl}/${MATCH}`]);
    expect(JSON.parse(stdout)).toMatchObject({ results: [{ movie: { title: "Finding Nemo" } }] });
  });

  test("is told UNAUTHENTICATED without a token", async () => {
    const { stderr } = await bufCurl(["--schema", "proto", "--data", REQUEST, `${server.grpcUrl}/${MATCH}`], "");
    expect(stderr).toContain("unauthenticated");
  });
});

test("curl's JSON, as the server prints it at its start, finds the film", async () => {
  const response = await fetch(`${server.gatewayUrl}/${MATCH}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
    body: JSON.stringify({
      text: "a clownfish father searches the ocean for his missing son",
      pageSize: 3,
      readMask: "title,releaseYear",
    }),
  });
  expect(await response.json()).toMatchObject({
    results: [{ movie: { title: "Finding Nemo", releaseYear: 2003 } }, {}, {}],
  });
});

function bufCurl(args: string[], token = server.token): Promise<{ stdout: string; stderr: string }> {
  const buf = join(dirname(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json")), "bin/buf");
  const headers =
    token === "" ? [] : ["-H", `authorization: Bearer ${token}`, "--reflect-header", `authorization: Bearer ${token}`];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [buf, "curl", "--http2-prior-knowledge", ...headers, ...args],
      (_error, stdout, stderr) => resolve({ stdout, stderr }),
    );
  });
}
