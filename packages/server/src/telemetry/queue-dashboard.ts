import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { FastifyAdapter } from "@bull-board/fastify";
import type { FastifyInstance } from "fastify";
import { summariseData, summariseResult } from "./summarise-batch.js";

/** A BullMQ queue, over Redis or over PostgreSQL. */
export type DashboardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

/**
 * What an operator may change: stopping and going on, and trying again what failed. The dashboard can also add, edit,
 * empty and remove, with which nobody could promise any more that accepted work is done and that nothing else is.
 */
const ACTIONS: ReadonlySet<string> = new Set([
  "PUT /api/queues/pause",
  "PUT /api/queues/resume",
  "PUT /api/queues/:queueName/pause",
  "PUT /api/queues/:queueName/resume",
  "PUT /api/queues/:queueName/retry/failed",
  "PUT /api/queues/:queueName/:jobId/retry",
]);

/** Serves bull-board. What the jobs carry is shown as counts: the requests inside stay sealed, and so do the answers. */
export async function serveQueueDashboard(
  app: FastifyInstance,
  queues: readonly DashboardQueue[],
  path: string,
): Promise<void> {
  const serverAdapter = new FastifyAdapter().setBasePath(path);
  createBullBoard({
    queues: queues.map(adapt),
    serverAdapter,
    options: {
      uiConfig: { boardTitle: "CineDeepMatch queues", hideDocsLink: true, sortQueues: false, showWorkers: false },
    },
  });
  await app.register(
    async (board) => {
      board.addHook("onRequest", async ({ method, routeOptions, params }, reply) => {
        const { queueStatus = "" } = params as { queueStatus?: string };
        const route = routeOptions.url?.slice(path.length).replace(":queueStatus", queueStatus);
        if (method === "GET" || method === "HEAD" || ACTIONS.has(`${method} ${route}`)) return;
        return reply.code(403).send({ error: { key: "ERRORS.FORBIDDEN" } });
      });
      await board.register(serverAdapter.registerPlugin());
    },
    { prefix: path.slice(app.prefix.length) },
  );
}

function adapt(queue: DashboardQueue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue);
  adapter.setFormatter("data", summariseData);
  adapter.setFormatter("returnValue", summariseResult);
  adapter.setFormatter("progress", () => undefined);
  return adapter;
}
