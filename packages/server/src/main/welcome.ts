import { join } from "node:path";
import type { AllInOne } from "./all-in-one.js";
import type { Config } from "./config.js";

const EXAMPLE = "a clownfish father searches the ocean for his missing son";

/** Says where to look and gives a call that works when pasted. The token itself is shown once, when it is made. */
export function printWelcome(all: AllInOne, config: Config, { demo }: { demo: boolean }): void {
  const file = join(config.dataDirectory, "token");
  const gatewayUrl = all.gatewayUrl.replace("127.0.0.1", "localhost");
  const lines = [
    "",
    "  CineDeepMatch is running.",
    "",
    ...(demo ? [`  In a browser   ${gatewayUrl}/`] : []),
    `  Gateway        ${gatewayUrl}   Connect, gRPC-Web, JSON`,
    `  gRPC server    ${all.grpcUrl.replace("http://127.0.0.1", "localhost")}   gRPC, with reflection`,
    `  Operations     ${gatewayUrl}/admin/queues   ${all.opsUrl}/metrics`,
    `  Data           ${config.dataDirectory}`,
    ...(all.isNewToken ? ["", "  Your token, also kept in the file named below (mode 0600):", `  ${all.token}`] : []),
    "",
    "  Paste this:",
    "",
    `curl -s ${gatewayUrl}/cinedeepmatch.v1.MatchService/Match \\`,
    `  -H "authorization: Bearer $(cat ${quote(file)})" -H "content-type: application/json" \\`,
    `  -d '{"text": "${EXAMPLE}", "pageSize": 3, "readMask": "title,releaseYear", "explain": true}'`,
    "",
    "  Ctrl-C stops it; what it knows stays.",
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
