// Guesses one account's password 10,000 times, from one address and then from 500, while its user signs in from elsewhere
// all the time: `node benchmarks/password-guesses.mjs`, after `pnpm run build`. Prints how many guesses were looked at and
// how the user fared. Exits with 1 when too many were, or the user was kept out.
import { setTimeout as sleep } from "node:timers/promises";
import { startServer } from "./load/start-server.mjs";

const sdk = new URL("../packages/sdk-node/dist/index.js", import.meta.url);
const { createClient } = await import(sdk.href);

const GUESSES = 10_000;
const AT_ONCE = 50;
const password = "correct horse battery";

const server = await startServer({ env: { RATE_LIMIT_PUBLIC: "off", LOG_LEVEL: "error" } });
try {
  for (const addresses of [1, 500]) await attack(`from ${addresses} address${addresses > 1 ? "es" : ""}`, addresses);
} finally {
  await server.stop();
}

async function attack(name, addresses) {
  const email = `ann-${addresses}@example.com`;
  const client = createClient({ baseUrl: server.grpcUrl, protocol: "grpc", maxRetries: 0 });
  await client.accounts.signUp({ email, password });
  const outcomes = { CREDENTIALS_REJECTED: 0, TOO_MANY_ATTEMPTS: 0 };
  let next = 0;
  const guess = async () => {
    for (let at = next++; at < GUESSES; at = next++) {
      const from = `10.${addresses % 256}.${(at % addresses) >> 8}.${(at % addresses) & 255}`;
      outcomes[(await signIn(client, { email, password: `guess ${at}` }, from)).outcome]++;
    }
  };
  const startedAt = performance.now();
  let over = false;
  const attacked = Promise.all(Array.from({ length: AT_ONCE }, guess)).then(() => {
    over = true;
  });
  const stays = [];
  while (!over || stays.length < 3) {
    await sleep(200);
    // Each time from a place that was never seen before, waiting as long as told.
    const from = `203.0.113.${stays.length}`;
    const beganAt = performance.now();
    for (let wait = 0; wait !== undefined; ) {
      await sleep(wait);
      wait = (await signIn(client, { email, password }, from)).retryAfterMs;
    }
    stays.push(performance.now() - beganAt);
  }
  await attacked;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const sorted = stays.toSorted((a, b) => a - b);
  process.stdout.write(
    `${name}: ${outcomes.CREDENTIALS_REJECTED} of ${GUESSES} guesses were looked at, ${outcomes.TOO_MANY_ATTEMPTS} refused, ` +
      `in ${seconds} s; the user signed in ${stays.length} times from elsewhere, ` +
      `median ${sorted[stays.length >> 1].toFixed(0)} ms, slowest ${sorted.at(-1).toFixed(0)} ms\n`,
  );
  if (outcomes.CREDENTIALS_REJECTED > 200 || sorted.at(-1) > 20_000) process.exitCode = 1;
}

async function signIn(client, credentials, from) {
  try {
    await client.accounts.signIn(credentials, { headers: { "x-forwarded-for": from } });
    return { outcome: "in" };
  } catch ({ reason, retryAfterMs }) {
    return { outcome: reason, retryAfterMs };
  }
}
