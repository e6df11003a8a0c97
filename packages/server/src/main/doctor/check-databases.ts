import { MongoClient } from "mongodb";
import pg from "pg";
import { type Finding, findingsOf, type Patient } from "./finding.js";
import { hideSecrets } from "./hide-secrets.js";

const TIMEOUT_MS = 3_000;

/** Whether the databases that are set can be reached. Nothing is written, and no address is shown: it has a password. */
export async function checkDatabases({ env }: Patient): Promise<readonly Finding[]> {
  const { DATABASE_URL, MONGODB_URL } = env;
  return [
    ...(DATABASE_URL ? [await reach("postgresql", "DATABASE_URL", DATABASE_URL, pingPostgres)] : []),
    ...(MONGODB_URL ? [await reach("mongodb", "MONGODB_URL", MONGODB_URL, pingMongo)] : []),
  ];
}

async function reach(
  check: string,
  variable: string,
  url: string,
  ping: (url: string) => Promise<void>,
): Promise<Finding> {
  const { ok, problem } = findingsOf(check);
  try {
    await ping(url);
    return ok("It answers.");
  } catch (error) {
    return problem(`It cannot be reached: ${hideSecrets(error, url)}`, `Start it, or correct ${variable}.`);
  }
}

async function pingPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: "cinedeepmatch doctor",
  });
  // A connection that breaks later is none of our business.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SELECT 1");
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function pingMongo(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: TIMEOUT_MS, connectTimeoutMS: TIMEOUT_MS });
  try {
    await client.db("admin").command({ ping: 1 });
  } finally {
    await client.close();
  }
}
