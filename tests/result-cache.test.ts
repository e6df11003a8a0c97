import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { describeResultCache } from "./result-cache.suite.js";
import { startDeployment } from "./spawn-deployment.js";
import { startServer } from "./spawn-server.js";

describeResultCache("in memory", async () => {
  const server = await startServer();
  return { ...server, gatewayUrls: [server.gatewayUrl] };
});

needsServer("TEST_REDIS_URL", (redisUrl) => {
  describeResultCache("in Redis, of two workers", async () => {
    // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
    const deployment = await startDeployment({ stores: { REDIS_URL: new URL("/13", redisUrl).href } });
    return { ...deployment, opsUrl: deployment.grpc.ready.opsUrl ?? "" };
  });
});
