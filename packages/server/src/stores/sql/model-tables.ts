import { type Generated, type Kysely, sql } from "kysely";

/** The tables of registered models. Instants are milliseconds since the epoch. */
export interface ModelTables {
  models: ModelsTable;
  model_deployments: ModelDeploymentsTable;
  model_changes: ModelChangesTable;
}

interface ModelsTable {
  tenant: string;
  name: string;
  version: string;
  /** A Model as protobuf. */
  doc: Uint8Array;
  created_at: bigint;
}

interface ModelDeploymentsTable {
  tenant: string;
  /** A Deployment as JSON. */
  doc: string;
}

/** Everything that was done with models. */
interface ModelChangesTable {
  id: Generated<bigint>;
  tenant: string;
  /** A RecordedChange as JSON. */
  doc: string;
  at: bigint;
}

// One to a call: a prepared statement holds one.
const STATEMENTS = [
  `create table cinedeepmatch.models (
    tenant text not null,
    name text not null,
    version text not null,
    doc bytea not null,
    created_at bigint not null,
    primary key (tenant, name, version)
  )`,
  `create table cinedeepmatch.model_deployments (
    tenant text primary key,
    doc text not null
  )`,
  "create sequence cinedeepmatch.model_change_sequence",
  `create table cinedeepmatch.model_changes (
    id bigint primary key default nextval('cinedeepmatch.model_change_sequence'),
    tenant text not null,
    doc text not null,
    at bigint not null
  )`,
  "create index model_changes_by_tenant on cinedeepmatch.model_changes (tenant, id desc)",
];

/** The migration that makes them. */
export async function createModels(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
