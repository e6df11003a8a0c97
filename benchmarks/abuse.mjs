// `node benchmarks/abuse.mjs`, after `pnpm run build`: attacks a server that runs in a process of its own and prints one
// line of JSON: what each attack was answered, how much memory the server took for it, and how another client fared
// meanwhile. Exits with 1 when an attack got through, took 100 MB or spoilt an answer.
import { connect } from "node:http2";
import { sendDeepMessages } from "./abuse/deep-messages.mjs";
import { holdHalfOpen } from "./abuse/half-open.mjs";
import { makeBomb, sendBombs, sendLongBodies } from "./abuse/large-messages.mjs";
import { resetRapidly } from "./abuse/rapid-reset.mjs";
import { standBy, watchMemory } from "./abuse/watch-server.mjs";
import { startServer } from "./load/start-server.mjs";

const GROWTH_LIMIT_MB = 100;

const server = await startServer({ starterCatalog: true, env: { RATE_LIMIT_GATEWAY: "off", NODE_ENV: "production" } });
const bomb = makeBomb({ megabytes: 300 });
const match = matcher(server);
const run = (attack) => standBy(match, () => watchMemory(server.child.pid, attack));
try {
  for (let i = 0; i < 50; i++) await match();
  const report = {
    quiet: await run(() => new Promise((resolve) => setTimeout(resolve, 3_000))),
    bombs: await run(() => sendBombs(server, { bomb, copies: 8 })),
    longBodies: await run(() => sendLongBodies(server, { megabytes: 50, copies: 2 })),
    deepMessages: await run(() => sendDeepMessages(server, { levels: 100_000, copies: 4 })),
    halfOpen: await run(() => holdHalfOpen(server, { connections: 1_000, trickleMs: 1_000, limitMs: 40_000 })),
    rapidReset: await run(() => resetRapidly(server, { forMs: 10_000 })),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  const failed = Object.entries(report).filter(
    ([, { rssGrowthMb, bystander }]) => rssGrowthMb >= GROWTH_LIMIT_MB || bystander.wrong > 0,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  match.close();
  await server.stop();
}

/** A well-behaved client of the gRPC server: one connection, real matches. */
function matcher({ grpcUrl, token }) {
  const session = connect(grpcUrl);
  session.on("error", () => {});
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const callOnce = () =>
    new Promise((resolve, reject) => {
      const stream = session.request({
        ":method": "POST",
        ":path": "/cinedeepmatch.v1.MatchService/Match",
        ...headers,
      });
      let body = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk) => {
        body += chunk;
      });
      stream.on("error", reject);
      stream.on("end", () => resolve(body.includes("Finding Nemo")));
      stream.end('{"text":"a clownfish father searches the ocean for his missing son","pageSize":3}');
    });
  return Object.assign(callOnce, { close: () => session.destroy() });
}
