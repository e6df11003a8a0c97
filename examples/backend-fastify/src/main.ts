import { randomBytes } from "node:crypto";
import { createClient } from "@cinedeepmatch/sdk-node";
import { createApp } from "./create-app.ts";

const { BASE_URL = "http://localhost:8080", TOKEN, PORT = "3000", COOKIE_SECRET } = process.env;

const app = createApp({
  client: createClient({ baseUrl: BASE_URL, token: TOKEN }),
  // Sessions end with the process unless the secret outlives it.
  cookieSecret: COOKIE_SECRET ?? randomBytes(32).toString("hex"),
});
console.log(`The back end is at ${await app.listen({ port: Number(PORT) })}`);
