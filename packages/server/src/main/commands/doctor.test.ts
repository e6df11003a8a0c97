import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { issueToken, openKeyDirectory } from "@cinedeepmatch/auth";
import { CatalogService } from "@cinedeepmatch/contract";
import { health } from "@cinedeepmatch/contract/grpc";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Command } from "commander";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../importing/read-all.test.support.js";
import { judgeClock } from "../doctor/check-clock.js";
import { checkModels } from "../doctor/check-models.js";
import { checkNode } from "../doctor/check-node.js";
import { checkToken } from "../doctor/check-token.js";
import type { Finding, Patient } from "../doctor/finding.js";
import { addDoctorCommand } from "./doctor.js";

const windows = process.platform === "win32";

/** Runs the command on a data directory, with no ports to listen on unless the flags name some. */
async function examine(dataDirectory: string, flags: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const stdout = new PassThrough({ encoding: "utf8" });
  let code = -1;
  const context = {
    env: { GATEWAY_PORT: "0", GRPC_PORT: "0", ...env },
    stdout,
    stderr: new PassThrough(),
    exit: (exitCode: number): never => {
      throw new Error(`exit ${exitCode}`);
    },
    setExitCode: (exitCode: number) => {
      code = exitCode;
    },
  };
  const program = new Command("cinedeepmatch");
  addDoctorCommand(program, context);
  await program.parseAsync(["doctor", "--json", "--data-dir", dataDirectory, ...flags], { from: "user" });
  const { ok, findings } = JSON.parse(String(stdout.read())) as { ok: boolean; findings: Finding[] };
  expect(code).toBe(ok ? 0 : 1);
  return { ok, findings, of: (check: string) => findings.filter((finding) => finding.check === check) };
}

async function listen<T extends Server>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A gRPC server that is healthy, with as many workers and movies as it is told. */
function startGrpc(status: { workers: number; movies: number }): Promise<number> {
  const { SERVING, NOT_SERVING } = health.HealthCheckResponse_ServingStatus;
  const counts = {
    movieCount: BigInt(status.movies),
    encodedCount: BigInt(status.movies),
    readyWorkerCount: status.workers,
  };
  const handler = connectNodeAdapter({
    routes: (router) => {
      router.service(health.Health, { check: () => ({ status: status.workers > 0 ? SERVING : NOT_SERVING }) });
      router.service(CatalogService, { getCatalogStatus: () => counts });
    },
  });
  return listen(createHttp2Server(handler));
}

/** A data directory as a first start leaves it. */
async function dataDirectory(expiresAt = Date.now() + 365 * 86_400_000): Promise<string> {
  const folder = await tempFolder();
  await chmod(folder, 0o700);
  const keys = await openKeyDirectory(join(folder, "keys"));
  const { token } = await issueToken(keys.client, { subject: "owner", scopes: [], expiresAt });
  await writeFile(join(folder, "token"), `${token}\n`, { mode: 0o600 });
  return folder;
}

test("before the first start nothing is wrong, and nothing is made", async () => {
  const folder = join(await tempFolder(), "data");
  const { ok, of } = await examine(folder);
  expect(ok).toBe(true);
  expect(of("node")).toMatchObject([{ status: "ok" }]);
  expect(of("models").every(({ status }) => status === "ok")).toBe(true);
  expect(of("server")).toMatchObject([{ status: "warning", remedy: expect.stringContaining("npm start") }]);
  await expect(readFile(folder)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a healthy server with its data directory is well", async () => {
  const url = `http://127.0.0.1:${await startGrpc({ workers: 2, movies: 834 })}`;
  const { ok, findings } = await examine(await dataDirectory(), ["--url", url]);
  expect(findings.filter(({ status, check }) => status !== "ok" && check !== "data directory")).toEqual([]);
  expect(ok).toBe(true);
  expect(findings.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["Model workers that are ready: 2.", "All 834 movies can be matched."]),
  );
  expect(findings.some(({ check }) => check === "clock")).toBe(true);
});

test("a server without workers, and one that does not answer where one should, are problems", async () => {
  const url = `http://127.0.0.1:${await startGrpc({ workers: 0, movies: 0 })}`;
  const { of } = await examine(await dataDirectory(), ["--url", url]);
  expect(of("server").map(({ status }) => status)).toEqual(["problem", "problem", "warning"]);
  const gone = await examine(await tempFolder(), ["--url", "http://127.0.0.1:9"]);
  expect(gone.of("server")).toMatchObject([{ status: "problem", remedy: expect.stringContaining("npm start") }]);
});

test("a port is free, ours or taken", async () => {
  const taken = await listen(createTcpServer((socket) => socket.end("who are you?\n")));
  const gateway = await listen(createHttpServer((_, response) => response.end('{"status":"ok"}')));
  const ours = await examine(await tempFolder(), ["--gateway-port", `${gateway}`]);
  expect(ours.of("ports")).toMatchObject([{ status: "ok", message: expect.stringContaining("by CineDeepMatch") }]);
  const grpc = await startGrpc({ workers: 1, movies: 1 });
  const theirs = await examine(await tempFolder(), ["--gateway-port", `${taken}`, "--grpc-port", `${grpc}`]);
  expect(theirs.of("ports")).toMatchObject([
    { status: "problem", remedy: expect.stringContaining("GATEWAY_PORT") },
    { status: "ok" },
  ]);
});

test.skipIf(windows)("keys and a token that others can reach are problems, with the command that helps", async () => {
  const folder = await dataDirectory();
  await chmod(join(folder, "keys", "client.json"), 0o644);
  await chmod(join(folder, "token"), 0o644);
  const { of } = await examine(folder);
  expect(of("keys")).toMatchObject([{ status: "problem", remedy: expect.stringContaining("chmod 600") }]);
  expect(of("token")).toMatchObject([{ status: "problem", remedy: `chmod 600 ${join(folder, "token")}` }]);
});

test("a token that has ended, or soon will, is named with its end", async () => {
  const now = Date.now();
  const folder = await dataDirectory(now + 20 * 86_400_000);
  const look = async (days: number) => {
    const patient = { config: { dataDirectory: folder } } as Patient;
    return (await checkToken(patient, now + days * 86_400_000)).map(({ status }) => status);
  };
  expect(await look(0)).toEqual(["ok"]);
  expect(await look(10)).toEqual(["warning"]);
  expect(await look(21)).toEqual(["problem"]);
});

test("who has the data directory open is said; a lock that nobody can read is a problem", async () => {
  const folder = await dataDirectory();
  await writeFile(join(folder, "lock"), "not a lock");
  expect((await examine(folder)).of("data directory")).toContainEqual(
    expect.objectContaining({ status: "problem", remedy: expect.stringContaining("lock") }),
  );
  const file = join(await tempFolder(), "file");
  await writeFile(file, "");
  expect((await examine(file)).of("data directory")).toMatchObject([{ status: "problem" }]);
});

test("a Redis that evicts, and stores that do not answer, are problems; no password is shown", async () => {
  const evicting = await listen(createTcpServer((socket) => socket.on("data", (data) => answer(socket, String(data)))));
  const env = {
    REDIS_URL: `redis://127.0.0.1:${evicting}`,
    DATABASE_URL: "postgres://us:hunter2@127.0.0.1:1/movies",
    MONGODB_URL: "mongodb://us:hunter2@127.0.0.1:1/movies",
  };
  const { of, findings } = await examine(await tempFolder(), [], env);
  expect(of("redis")).toMatchObject([{ status: "problem", message: expect.stringContaining("allkeys-lru") }]);
  expect(of("postgresql")).toMatchObject([{ status: "problem", remedy: expect.stringContaining("DATABASE_URL") }]);
  expect(of("mongodb")).toMatchObject([{ status: "problem", remedy: expect.stringContaining("MONGODB_URL") }]);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
  const mistyped = { REDIS_URL: "us:hunter2@nowhere", DATABASE_URL: "hunter2@@:x", MONGODB_URL: "us:hunter2@nowhere" };
  const unreadable = await examine(await tempFolder(), [], mistyped);
  expect(unreadable.findings.filter(({ status }) => status === "problem")).toHaveLength(3);
  expect(JSON.stringify(unreadable.findings)).not.toContain("hunter2");
  const gone = await examine(await tempFolder(), [], { REDIS_URL: "redis://127.0.0.1:1" });
  expect(gone.of("redis")).toMatchObject([{ status: "problem", message: expect.stringContaining("ECONNREFUSED") }]);
});

/** What little of Redis the doctor asks for. */
function answer(socket: { write(text: string): void }, data: string): void {
  for (const command of data.split(/(?=\*\d+\r\n\$)/)) {
    if (/config/i.test(command)) socket.write("*2\r\n$16\r\nmaxmemory-policy\r\n$11\r\nallkeys-lru\r\n");
    else if (/info/i.test(command) && !/setinfo/i.test(command)) socket.write("$19\r\nredis_version:7.2.0\r\n");
    else socket.write("+OK\r\n");
  }
}

test("a Node that is too old, a clock that is off and a model file that was changed are found", async () => {
  expect(await checkNode("22.9.0")).toMatchObject([{ status: "problem" }]);
  expect(await checkNode("24.14.1")).toMatchObject([{ status: "ok" }]);
  const at = 1_800_000_000_000;
  const judge = (offset: number) => judgeClock(at + offset, at, at + 20).map(({ status }) => status);
  expect([judge(0), judge(-1_000), judge(10_000), judge(-40_000)]).toEqual([["ok"], ["ok"], ["warning"], ["problem"]]);
  const assets = await tempFolder();
  await mkdir(join(assets, "movie-minilm-l6-int8"));
  await writeFile(join(assets, "movie-minilm-l6-int8", "manifest.json"), "{}");
  const found = await checkModels(new URL(`file://${assets}/`));
  expect(found.every(({ status }) => status === "problem")).toBe(true);
});
