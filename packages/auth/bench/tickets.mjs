// What every queued match and every authenticated call pays: `node packages/auth/bench/tickets.mjs`, after a build.
import {
  importKeyRing,
  issueToken,
  KeyRing,
  openTicket,
  sealTicket,
  TokenVerifier,
  verifyToken,
} from "../dist/index.js";

const SECONDS = 1;

function newRing(audience) {
  const ring = new KeyRing(audience);
  ring.promote(ring.generate().id);
  return ring;
}

async function measure(name, run) {
  const until = (milliseconds) => performance.now() + milliseconds;
  for (const warm = until(300); performance.now() < warm; ) await run();
  const start = performance.now();
  let runs = 0;
  for (const end = until(SECONDS * 1000); performance.now() < end; runs++) await run();
  const elapsed = performance.now() - start;
  console.log(
    `${name.padEnd(34)} ${Math.round((runs * 1000) / elapsed)
      .toString()
      .padStart(9)} ops/s ${((elapsed * 1000) / runs).toFixed(1).padStart(9)} µs`,
  );
}

const model = newRing("model");
for (const size of [2048, 65_536]) {
  const ticket = {
    ticketId: "0190b5a2-7a3e-7c4e-9d3b-1f2e3d4c5b6a",
    subject: "account/42",
    tenant: "default",
    scope: "match",
    model: "tower-128",
    expiresAt: Date.now() + 3_600_000,
    payload: { text: "a clownfish father searches the ocean for his son".padEnd(size - 60, "~"), limit: 20 },
  };
  const sealed = sealTicket(model, ticket);
  const options = { ticketId: ticket.ticketId, model: ticket.model };
  const label = `${size / 1024} KB payload`;
  await measure(`seal, ${label}`, () => sealTicket(model, ticket));
  await measure(`open, ${label}`, () => openTicket(model, sealed, options));
  await measure(`seal + open, ${label}`, () => openTicket(model, sealTicket(model, ticket), options));
}

const client = newRing("client");
const claims = { subject: "account/42", scopes: ["match:read", "activity:write"], expiresAt: Date.now() + 3_600_000 };
const { token } = await issueToken(client, claims);
const verifier = new TokenVerifier({ ring: client });
const stranger = importKeyRing("client", newRing("client").exportKeys()[0].secret);
const forged = `v4.local.${"A".repeat(3900)}.${token.split(".")[3]}`;
await measure("issue a token", () => issueToken(client, claims));
await measure("verify a token", () => verifyToken(client, token));
await measure("verify a remembered token", () => verifier.verify(token));
await measure("refuse 4 KB, key unknown", () => verifyToken(stranger, forged).catch(() => undefined));
await measure("refuse 4 KB, key known", () => verifyToken(client, forged).catch(() => undefined));
