// How long a refused sign-in takes where the account exists and where it does not: `node benchmarks/sign-in-timing.mjs [pairs]`,
// after `pnpm run build`. Also for sign-ups. The two must not be told apart; the medians may differ by less than 5 ms.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../packages/", import.meta.url));
const { createClient } = await import(join(root, "sdk-node/dist/index.js"));

const pairs = Number(process.argv[2] ?? 300);
const password = "correct horse battery";

const directory = mkdtempSync(join(tmpdir(), "cinedeepmatch-timing-"));
const flags = ["serve", "--data-dir", directory, "--gateway-port", "0", "--grpc-port", "0", "--json"];
const env = { ...process.env, REDIS_URL: "", LOG_LEVEL: "error", RATE_LIMIT_PUBLIC: "off" };
const server = spawn(process.execPath, [join(root, "server/dist/main/cli.js"), ...flags], {
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const client = createClient({ baseUrl: await grpcUrlOf(server), protocol: "grpc", maxRetries: 0 });
  const kinds = {
    "sign-in, account exists": (at) => refused(client, `known-${at}@example.com`, "a wrong password", at),
    "sign-in, no such account": (at) => refused(client, `nobody-${at}@example.com`, "a wrong password", at),
    "sign-up, address is taken": (at) => signUp(client, `known-${at}@example.com`, at),
    "sign-up, address is free": (at) => signUp(client, `new-${at}@example.com`, at),
  };
  for (let at = 0; at < pairs; at++) await signUp(client, `known-${at}@example.com`, at);
  const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let at = -20; at < pairs; at++) {
    // In turns, in an order that changes, so that whatever drifts meets all alike.
    for (const kind of shuffled(Object.keys(kinds))) {
      const startedAt = performance.now();
      await kinds[kind](at < 0 ? 1_000_000 - at : at);
      if (at >= 0) times[kind].push(performance.now() - startedAt);
    }
  }
  for (const [kind, measured] of Object.entries(times)) {
    console.log(
      `${kind.padEnd(27)} median ${quantile(measured, 0.5).toFixed(2)} ms, p10 ${quantile(measured, 0.1).toFixed(2)}, p90 ${quantile(measured, 0.9).toFixed(2)}`,
    );
  }
  const [exists, none, taken, free] = Object.values(times).map((measured) => quantile(measured, 0.5));
  console.log(
    `difference of the medians   sign-in ${(exists - none).toFixed(2)} ms, sign-up ${(taken - free).toFixed(2)} ms (${pairs} each)`,
  );
  process.exitCode = Math.abs(exists - none) < 5 && Math.abs(taken - free) < 5 ? 0 : 1;
} finally {
  server.kill("SIGTERM");
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(directory, { recursive: true, force: true });
}

/** Each from an address of its own, as a gateway would report it: the limits are not what is measured. */
function from(at, salt) {
  return { headers: { "x-forwarded-for": `10.${salt}.${(at >> 8) & 255}.${at & 255}` } };
}

async function refused(client, email, given, at) {
  const error = await client.accounts.signIn({ email, password: given }, from(at, 1)).then(
    () => undefined,
    (reason) => reason,
  );
  if (error?.reason !== "CREDENTIALS_REJECTED") throw error ?? new Error(`${email} was let in`);
}

async function signUp(client, email, at) {
  await client.accounts.signUp({ email, password }, from(at, 2));
}

async function grpcUrlOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"event":"ready"')) return JSON.parse(line).grpcUrl;
  }
  throw new Error("the server did not start");
}

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))];
}

function shuffled(values) {
  return values
    .map((value) => [Math.random(), value])
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);
}
