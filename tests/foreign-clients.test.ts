import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const root = resolve(import.meta.dirname, "..");

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

needsServer("GRPCURL", (grpcurl) => {
  describe("grpcurl", () => {
    const run = (...args: string[]) =>
      new Promise<string>((resolve) => {
        execFile(grpcurl, ["-plaintext", ...args], { cwd: root }, (_error, stdout, stderr) => resolve(stdout + stderr));
      });
    const sources = ["-import-path", "proto", "-import-path", "third_party/proto"];
    const bearer = () => ["-H", `authorization: Bearer ${server.token}`];
    const address = () => new URL(server.grpcUrl).host;

    test("lists the services and matches, by reflection", async () => {
      expect(await run(...bearer(), address(), "list")).toContain("cinedeepmatch.v1.MatchService\n");
      const answer = await run(...bearer(), "-d", REQUEST, address(), MATCH);
      expect(JSON.parse(answer)).toMatchObject({ results: [{ movie: { title: "Finding Nemo" } }] });
    });

    test("matches from the proto files, and asks for the health without a token", async () => {
      const proto = [...sources, "-proto", "cinedeepmatch/v1/match_service.proto"];
      const answer = await run(...proto, ...bearer(), "-d", REQUEST, address(), MATCH);
      expect(JSON.parse(answer)).toMatchObject({ results: [{ movie: { title: "Finding Nemo" } }] });
      expect(await run(...proto, "-d", REQUEST, address(), MATCH)).toContain("Code: Unauthenticated");
      const health = await run(
        ...sources,
        "-proto",
        "grpc/health/v1/health.proto",
        address(),
        "grpc.health.v1.Health/Check",
      );
      expect(JSON.parse(health)).toEqual({ status: "SERVING" });
    });
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
