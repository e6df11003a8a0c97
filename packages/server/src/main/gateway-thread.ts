import { parentPort, workerData } from "node:worker_threads";
import type { DemoOptions, DemoToken, OnRefused } from "../gateway/index.js";
import { startGatewayRole } from "./gateway-role.js";
import type { FromGatewayThread, GatewayThreadSetup, ToGatewayThread } from "./gateway-thread-messages.js";
import { openLog } from "./open-log.js";
import { startTracing } from "./start-tracing.js";

// The gateway in a thread of its own, for a process with all roles; start-gateway-thread.ts is its other end.

const port = parentPort;
if (port === null) throw new Error("This file is the inside of a thread.");
const { config, demo, ...behind } = workerData as GatewayThreadSetup;
const tell = (message: FromGatewayThread) => port.postMessage(message);

const minting = new Map<number, PromiseWithResolvers<DemoToken>>();
let mints = 0;
const demoOptions: DemoOptions = {
  mintToken() {
    const token = Promise.withResolvers<DemoToken>();
    minting.set(++mints, token);
    tell({ kind: "mint", id: mints });
    return token.promise;
  },
};

const tracing = await startTracing(config, "all");
const log = openLog(config, "all", tracing);
const onRefused: OnRefused = (lane) => tell({ kind: "refused", lane });
const gateway = await startGatewayRole(
  config,
  { ...behind, tracing, onRefused, ...(demo && { demo: demoOptions }) },
  log,
);

port.on("message", async (message: ToGatewayThread) => {
  if (message.kind === "minted") {
    const { id, token } = message;
    if (token) minting.get(id)?.resolve(token);
    else minting.get(id)?.reject(new Error("No token was minted."));
    minting.delete(id);
    return;
  }
  await gateway.close();
  await tracing?.close();
  process.exit(0);
});
tell({ kind: "ready", url: gateway.url });
