import type { Socket } from "node:net";
import { MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { FaultyProxy } from "../testing/faulty-proxy.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { reviveClient } from "./revive-client.js";

/** The connection over which the driver watches its server, which it shows to nobody. */
interface Watched {
  readonly topology?: {
    readonly s: { readonly servers: Map<string, { readonly monitor: { readonly connection?: { socket: Socket } } }> };
  };
}

needsServer("TEST_MONGODB_URL", (server) => {
  test("calls get through again although the driver's watch of the server hangs", async () => {
    const { proxy, url } = await FaultyProxy.open(server);
    const client = new MongoClient(url, {
      serverSelectionTimeoutMS: 900,
      connectTimeoutMS: 1_000,
      heartbeatFrequencyMS: 500,
    });
    let isAway = false;
    const warnings: string[] = [];
    const log = { warn: (_fields: object, message: string) => void warnings.push(message) };
    const stop = reviveClient(client, { checkMs: 2_000, awaitedCheckMs: 2_500, isAway: () => isAway, log });
    onTestFinished(async () => {
      stop();
      await client.close();
      await proxy.close();
    });
    const read = () => client.db("revive").collection("nothing").findOne({});
    await read();
    await new Promise<void>((resolve) => {
      client.on("serverHeartbeatStarted", function breakOff() {
        const [watch] = (client as unknown as Watched).topology?.s.servers.values() ?? [];
        if (watch?.monitor.connection === undefined) return;
        // It breaks when it has been chosen for the question and not been written to.
        watch.monitor.connection.socket.destroy();
        client.off("serverHeartbeatStarted", breakOff);
        resolve();
      });
    });
    proxy.cut();
    await expect(read()).rejects.toThrow();
    isAway = true;
    proxy.heal();
    await expect.poll(() => read().then(() => "answered"), { timeout: 20_000 }).toBe("answered");
    expect(warnings).toEqual(["the driver has lost sight of MongoDB: connecting anew"]);
  });
});
