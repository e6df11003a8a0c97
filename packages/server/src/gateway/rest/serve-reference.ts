import { readFile } from "node:fs/promises";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

// Everything comes from this gateway, and calls that are tried go to it. Swagger UI's icons are data: URLs.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Serves the OpenAPI document of the REST API at `/openapi.json`, and a page to read and try it at `/docs`. */
export async function serveReference(app: FastifyInstance): Promise<void> {
  // Generated from proto/ by packages/protoc-gen-openapi.
  const source = await readFile(new URL("../../../assets/gen/openapi.json", import.meta.url), "utf8");
  app.get("/openapi.json", async (_request, reply) => {
    reply.header("cache-control", "no-cache");
    return reply.type("application/json").send(source);
  });
  await app.register(swagger, { mode: "static", specification: { document: JSON.parse(source) } });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: contentSecurityPolicy,
    theme: { title: "CineDeepMatch API" },
    uiConfig: {
      // Without the bar on top, which offers to load other documents.
      layout: "BaseLayout",
      docExpansion: "list",
      displayRequestDuration: true,
    },
  });
}
