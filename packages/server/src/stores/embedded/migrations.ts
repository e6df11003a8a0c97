import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { createAccounts } from "../sql/account-tables.js";
import { createActivity, dateEvents, orderEvents, rememberErasures } from "../sql/activity-tables.js";
import { createMatchJobs } from "../sql/match-job-tables.js";
import { createModels } from "../sql/model-tables.js";

/**
 * The embedded database's migrations in order. A migration that has been released never changes: databases that ran
 * it would not run it again.
 */
export const migrations: Record<string, Migration> = {
  "0001-catalog": { up: createCatalog },
  "0002-activity": { up: createActivity },
  "0003-accounts": { up: createAccounts },
  "0004-event-age": { up: dateEvents },
  "0005-erasures": { up: rememberErasures },
  "0006-match-jobs": { up: createMatchJobs },
  "0007-models": { up: createModels },
  "0008-event-order": { up: orderEvents },
  "0009-texts-version": { up: rememberTexts },
  "0010-catalog-ids": { up: nameCatalogs },
};

// Statement by statement: a prepared statement holds one.
async function run(db: Kysely<unknown>, statements: string): Promise<void> {
  for (const statement of statements.split(";").filter((part) => part.trim() !== "")) {
    await sql.raw(statement).execute(db);
  }
}

// The vectors are stored as they are because compressing floats costs time and saves nothing. Without `fastupdate`,
// which gathers index entries and then merges thousands of them in one statement, no statement takes unusually long.
function createCatalog(db: Kysely<unknown>): Promise<void> {
  return run(
    db,
    `
    create sequence cinedeepmatch.revisions;

    create table cinedeepmatch.movies (
      tenant text not null,
      id text not null,
      doc bytea not null,
      text_digest text not null,
      title_key text not null,
      release_year integer not null,
      runtime_minutes integer not null,
      rating double precision not null,
      rating_count bigint not null,
      terms tsvector not null,
      primary key (tenant, id)
    );
    create index movies_by_title on cinedeepmatch.movies (tenant, title_key, id);
    create index movies_by_year on cinedeepmatch.movies (tenant, release_year desc, id);
    create index movies_by_rating on cinedeepmatch.movies (tenant, rating desc, id);
    create index movies_by_term on cinedeepmatch.movies using gin (terms) with (fastupdate = off);

    create table cinedeepmatch.movie_external_ids (
      tenant text not null,
      source text not null,
      value text not null,
      movie_id text not null,
      primary key (tenant, source, value)
    );

    create table cinedeepmatch.movie_vectors (
      tenant text not null,
      model_version text not null,
      movie_id text not null,
      vector bytea not null,
      primary key (tenant, movie_id, model_version)
    );
    alter table cinedeepmatch.movie_vectors alter column vector set storage external;

    create table cinedeepmatch.movie_changes (
      tenant text not null,
      movie_id text not null,
      revision bigint not null,
      primary key (tenant, movie_id)
    );
    create unique index movie_changes_by_revision on cinedeepmatch.movie_changes (tenant, revision);

    create table cinedeepmatch.people (
      tenant text not null,
      id text not null,
      display_name text not null,
      credit_count integer not null,
      terms tsvector not null,
      primary key (tenant, id)
    );
    create index people_by_credits on cinedeepmatch.people (tenant, credit_count desc, id);
    create index people_by_term on cinedeepmatch.people using gin (terms) with (fastupdate = off);

    create table cinedeepmatch.imports (
      tenant text not null,
      id text not null,
      committed_row bigint not null,
      created_count bigint not null,
      updated_count bigint not null,
      rejected_count bigint not null,
      primary key (tenant, id)
    );

    create table cinedeepmatch.tenants (
      tenant text primary key,
      movie_count bigint not null default 0,
      person_count bigint not null default 0
    );

    create table cinedeepmatch.encoded_counts (
      tenant text not null,
      model_version text not null,
      encoded_count bigint not null,
      primary key (tenant, model_version)
    )`,
  );
}

function rememberTexts(db: Kysely<unknown>): Promise<void> {
  return run(db, "alter table cinedeepmatch.tenants add column texts_version text not null default ''");
}

// The default is worked out for each row that there is.
function nameCatalogs(db: Kysely<unknown>): Promise<void> {
  return run(
    db,
    "alter table cinedeepmatch.tenants add column catalog_id text not null default gen_random_uuid()::text",
  );
}
