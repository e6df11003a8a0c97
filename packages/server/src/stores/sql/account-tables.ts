import { type Kysely, sql } from "kysely";

/** The tables of accounts. Instants are milliseconds since the epoch. */
export interface AccountTables {
  users: UsersTable;
  api_keys: ApiKeysTable;
  sessions: SessionsTable;
  refresh_tokens: RefreshTokensTable;
  revocations: RevocationsTable;
}

interface UsersTable {
  tenant: string;
  id: string;
  /** Folded. */
  email: string;
  /** A PHC string. */
  password_hash: string;
  created_at: bigint;
}

interface ApiKeysTable {
  id: string;
  tenant: string;
  display_name: string;
  /** A JSON array. */
  scopes: string;
  secret_digest: Uint8Array;
  created_at: bigint;
  expires_at: bigint | null;
  last_used_at: bigint | null;
  revoked_at: bigint | null;
}

interface SessionsTable {
  tenant: string;
  id: string;
  user_id: string;
  created_at: bigint;
  expires_at: bigint;
}

/** Every refresh token of the sessions that go on; the used ones tell a theft. */
interface RefreshTokensTable {
  digest: Uint8Array;
  tenant: string;
  session_id: string;
  token_id: string;
  token_expires_at: bigint;
  expires_at: bigint;
  used_at: bigint | null;
}

interface RevocationsTable {
  tenant: string;
  kind: "token" | "subject" | "user";
  name: string;
  epoch: bigint;
  expires_at: bigint;
  revision: bigint;
}

// One to a call: a prepared statement holds one.
const STATEMENTS = [
  `create table cinedeepmatch.users (
    tenant text not null,
    id text not null,
    email text not null,
    password_hash text not null,
    created_at bigint not null,
    primary key (tenant, id),
    unique (tenant, email)
  )`,
  `create table cinedeepmatch.api_keys (
    id text primary key,
    tenant text not null,
    display_name text not null,
    scopes text not null,
    secret_digest bytea not null,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint
  )`,
  "create index api_keys_by_age on cinedeepmatch.api_keys (tenant, created_at desc, id)",
  `create table cinedeepmatch.sessions (
    tenant text not null,
    id text not null,
    user_id text not null,
    created_at bigint not null,
    expires_at bigint not null,
    primary key (tenant, id)
  )`,
  "create index sessions_by_user on cinedeepmatch.sessions (tenant, user_id)",
  `create table cinedeepmatch.refresh_tokens (
    digest bytea primary key,
    tenant text not null,
    session_id text not null,
    token_id text not null,
    token_expires_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    foreign key (tenant, session_id) references cinedeepmatch.sessions (tenant, id) on delete cascade
  )`,
  "create index refresh_tokens_by_session on cinedeepmatch.refresh_tokens (tenant, session_id)",
  "create sequence cinedeepmatch.revocation_revisions",
  `create table cinedeepmatch.revocations (
    tenant text not null,
    kind text not null,
    name text not null,
    epoch bigint not null,
    expires_at bigint not null,
    revision bigint not null,
    primary key (tenant, kind, name)
  )`,
  "create index revocations_by_revision on cinedeepmatch.revocations (revision)",
];

/** The migration that makes them. */
export async function createAccounts(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
