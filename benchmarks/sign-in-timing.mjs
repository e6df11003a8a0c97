// How long a refused sign-in takes where the account exists and where it does not: `node benchmarks/sign-in-timing.mjs [pairs]`,
// after `pnpm run build`. Also for sign-ups. The two must not be told apart; the medians may differ by less than 5 ms.
import { startServer } from "./load/start-server.mjs";

const sdk = new URL("../packages/sdk-node/dist/index.js", import.meta.url);
const { createClient } = await import(sdk.href);

const pairs = Number(process.argv[2] ?? 300);
const password = "correct horse battery";

const server = await startServer({ env: { RATE_LIMIT_PUBLIC: "off", LOG_LEVEL: "error" } });
try {
  const client = createClient({ baseUrl: server.grpcUrl, protocol: "grpc", maxRetries: 0 });
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
  const lines = Object.entries(times).map(([kind, measured]) => {
    const [p10, median, p90] = [0.1, 0.5, 0.9].map((q) => quantile(measured, q).toFixed(2));
    return `${kind.padEnd(27)} median ${median} ms, p10 ${p10}, p90 ${p90}`;
  });
  const [exists, none, taken, free] = Object.values(times).map((measured) => quantile(measured, 0.5));
  const [signIn, signUps] = [exists - none, taken - free];
  lines.push(
    `difference of the medians   sign-in ${signIn.toFixed(2)} ms, sign-up ${signUps.toFixed(2)} ms (${pairs} each)`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = Math.abs(signIn) < 5 && Math.abs(signUps) < 5 ? 0 : 1;
} finally {
  await server.stop();
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
