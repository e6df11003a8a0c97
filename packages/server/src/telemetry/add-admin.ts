import type { Readable } from "node:stream";
import cookie from "@fastify/cookie";
import type { FastifyInstance } from "fastify";
import { type AdminAccess, guardAdmin } from "./guard-admin.js";
import { type DashboardQueue, serveQueueDashboard } from "./queue-dashboard.js";
import { serveBackup } from "./serve-backup.js";
import { addSignIn } from "./sign-in.js";

/** What is served at /admin, and to whom. */
export interface AdminOptions extends AdminAccess {
  readonly queues: readonly DashboardQueue[];
  /** Makes a backup of everything. */
  readonly backup: () => Readable;
}

/** Where everything that asks for `ops:admin` is. The gateway forwards this path and no other. */
export const ADMIN_PATH = "/admin";
const DASHBOARD_PATH = `${ADMIN_PATH}/queues`;

// The dashboard's page asks Google for fonts; nobody there needs to know who looks at our queues.
const CONTENT_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Adds /admin: signing in, and behind it the queue's dashboard. */
export async function addAdmin(app: FastifyInstance, options: AdminOptions): Promise<void> {
  await app.register(
    async (admin) => {
      await admin.register(cookie);
      admin.addHook("onRequest", async (_request, reply) => {
        reply.headers({ "content-security-policy": CONTENT_POLICY, "referrer-policy": "same-origin" });
      });
      addSignIn(admin, options, DASHBOARD_PATH);
      await admin.register(async (guarded) => {
        guardAdmin(guarded, options);
        guarded.get("/", async (_request, reply) => reply.redirect(DASHBOARD_PATH, 303));
        await serveQueueDashboard(guarded, options.queues, DASHBOARD_PATH);
        serveBackup(guarded, options);
        guarded.get("/*", async (_request, reply) => reply.code(404).send({ error: "There is nothing here." }));
      });
    },
    { prefix: ADMIN_PATH },
  );
}
