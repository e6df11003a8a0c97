import type { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";

/** Hands out a backup, as a file, to whoever may come to this part. */
export function serveBackup(
  app: FastifyInstance,
  { backup, log }: { backup: () => Readable; log: { info(fields: object, message: string): void } },
): void {
  app.get("/backup", async (request, reply) => {
    const began = Date.now();
    const content = backup();
    const done = () => ({ requestId: request.id, seconds: (Date.now() - began) / 1_000 });
    content.once("end", () => log.info(done(), "a backup was taken"));
    // The answer is cut off, by which its reader knows.
    content.once("error", (err) => log.info({ ...done(), err }, "a backup failed"));
    reply.raw.once("close", () => content.destroy());
    const name = `cinedeepmatch-${new Date().toISOString().slice(0, 10)}.backup.gz`;
    return reply.type("application/gzip").header("content-disposition", `attachment; filename="${name}"`).send(content);
  });
}
