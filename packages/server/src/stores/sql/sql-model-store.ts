import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Model, ModelSchema } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import { type Deployment, type DeploymentChange, NOTHING_DEPLOYED } from "../../registry/deployment.js";
import type { ModelStore } from "../../registry/model-store.js";
import type { RecordedChange } from "../../registry/recorded-change.js";
import type { ModelTables } from "./model-tables.js";
import { transactOn } from "./transact.js";

/** Registered models in a database with the tables of `model-tables.ts`. */
export function createSqlModelStore(db: Kysely<ModelTables>): ModelStore {
  const transact = transactOn(db);
  return {
    register: (tenant, model, change) => transact((transaction) => register(transaction, tenant, model, change)),
    async list(tenant) {
      const rows = await db
        .selectFrom("models")
        .select("doc")
        .where("tenant", "=", tenant)
        .orderBy("created_at", "desc")
        .orderBy("name")
        .orderBy("version", "desc")
        .execute();
      return rows.map(modelOf);
    },
    async get(tenant, name, version) {
      const row = await db
        .selectFrom("models")
        .select("doc")
        .where("tenant", "=", tenant)
        .where("name", "=", name)
        .where("version", "=", version)
        .executeTakeFirst();
      return row && modelOf(row);
    },
    deployment: (tenant) => readDeployment(db, tenant),
    change: (tenant, change) => transact((transaction) => changeDeployment(transaction, tenant, change)),
    async history(tenant, limit) {
      const rows = await db
        .selectFrom("model_changes")
        .select("doc")
        .where("tenant", "=", tenant)
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(({ doc }) => changeOf(doc));
    },
    async files() {
      const rows = await db.selectFrom("models").select(["tenant", "doc"]).execute();
      const files = rows.flatMap((row) =>
        modelOf(row).files.map(({ sha256, sizeBytes }) => ({ tenant: row.tenant, sha256, bytes: Number(sizeBytes) })),
      );
      return [...new Map(files.map((file) => [`${file.tenant}/${file.sha256}`, file])).values()];
    },
  };
}

async function register(
  db: Kysely<ModelTables>,
  tenant: string,
  model: Model,
  change: RecordedChange,
): Promise<boolean> {
  const { name, version } = model;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("models")
    .values({ tenant, name, version, doc: toBinary(ModelSchema, model), created_at: BigInt(change.at) })
    .onConflict((conflict) => conflict.columns(["tenant", "name", "version"]).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await record(db, tenant, change);
  return true;
}

async function readDeployment(db: Kysely<ModelTables>, tenant: string): Promise<Deployment> {
  const row = await db.selectFrom("model_deployments").select("doc").where("tenant", "=", tenant).executeTakeFirst();
  return row === undefined ? NOTHING_DEPLOYED : deploymentOf(row.doc);
}

async function changeDeployment(
  db: Kysely<ModelTables>,
  tenant: string,
  change: (current: Deployment) => DeploymentChange | undefined,
): Promise<Deployment> {
  // A row to lock, so that two changes come one after the other.
  await db
    .insertInto("model_deployments")
    .values({ tenant, doc: JSON.stringify(NOTHING_DEPLOYED) })
    .onConflict((conflict) => conflict.column("tenant").doNothing())
    .execute();
  const { rows } = await sql<{ doc: string }>`
    select doc from cinedeepmatch.model_deployments where tenant = ${tenant} for update`.execute(db);
  const current = deploymentOf(rows[0]?.doc ?? "{}");
  const changed = change(current);
  if (changed === undefined) return current;
  await db
    .updateTable("model_deployments")
    .set({ doc: JSON.stringify(changed.next) })
    .where("tenant", "=", tenant)
    .execute();
  await record(db, tenant, changed.record);
  return changed.next;
}

async function record(db: Kysely<ModelTables>, tenant: string, change: RecordedChange): Promise<void> {
  await db
    .insertInto("model_changes")
    .values({ tenant, doc: JSON.stringify(change), at: BigInt(change.at) })
    .execute();
}

function modelOf({ doc }: { readonly doc: Uint8Array }): Model {
  return fromBinary(ModelSchema, doc);
}

/** JSON leaves out what is undefined. */
function deploymentOf(doc: string): Deployment {
  return { ...NOTHING_DEPLOYED, ...(JSON.parse(doc) as Partial<Deployment>) };
}

function changeOf(doc: string): RecordedChange {
  return { model: undefined, ...(JSON.parse(doc) as Omit<RecordedChange, "model">) };
}
