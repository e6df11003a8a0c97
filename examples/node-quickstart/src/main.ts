import { CineDeepMatchError, createClient } from "@cinedeepmatch/sdk-node";
import { runQuickstart } from "./quickstart.ts";

const { BASE_URL = "http://localhost:8080", TOKEN } = process.env;

try {
  await runQuickstart(createClient({ baseUrl: BASE_URL, token: TOKEN }));
} catch (error) {
  const { code, reason, requestId, message } = CineDeepMatchError.from(error);
  console.error(`${message} (${reason ?? code}${requestId ? `, request ${requestId}` : ""})`);
  process.exitCode = 1;
}
