import { randomUUID } from "node:crypto";
import { CineDeepMatchError, createClient } from "@cinedeepmatch/sdk-node";
import { matchFile } from "./match-file.ts";

const { GRPC_URL = "http://localhost:9090", TOKEN } = process.env;
const [input, output, name = randomUUID()] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error("usage: pnpm start <queries.ndjson> <results.ndjson> [name]");
  process.exit(2);
}

// gRPC, beside the server: without the gateway in between, whose limits are for browsers.
const client = createClient({ baseUrl: GRPC_URL, token: TOKEN, protocol: "grpc", timeoutMs: 60_000 });
const startedAt = Date.now();
let shownAt = 0;
try {
  const { matched, failed } = await matchFile(client, {
    input,
    output,
    name,
    onProgress: (done) => {
      if (Date.now() - shownAt < 1_000) return;
      shownAt = Date.now();
      const perSecond = Math.round(((done.matched + done.failed) * 1_000) / (Date.now() - startedAt));
      console.error(`${done.matched} matched, ${done.failed} failed, ${perSecond} a second`);
    },
  });
  console.error(`Done: ${matched} matched, ${failed} failed.`);
} catch (error) {
  const { code, reason, message } = CineDeepMatchError.from(error);
  console.error(`${message} (${reason ?? code})`);
  process.exitCode = 1;
}
