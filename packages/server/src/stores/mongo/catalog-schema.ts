import { type Db, type Document, type IndexDescription, MongoServerError } from "mongodb";

/** The indexes of each collection, besides that of `_id`: one for each order of each list, and the feed. */
export const INDEXES: Readonly<Record<string, readonly IndexDescription[]>> = {
  movies: [
    { name: "by_id", key: { tenant: 1, id: 1 } },
    { name: "by_title", key: { tenant: 1, titleKey: 1, id: 1 } },
    { name: "by_year", key: { tenant: 1, releaseYear: -1, id: 1 } },
    { name: "by_rating", key: { tenant: 1, rating: -1, id: 1 } },
    // Also in the order of a person's credits.
    { name: "by_term", key: { tenant: 1, terms: 1, releaseYear: -1, id: 1 } },
    { name: "by_revision", key: { feed: 1, revision: 1 } },
  ],
  people: [
    { name: "by_credits", key: { tenant: 1, creditCount: -1, id: 1 } },
    { name: "by_word", key: { tenant: 1, words: 1, creditCount: -1, id: 1 } },
  ],
  external_ids: [],
  imports: [],
  // Who has movies; with the key, so that nothing else is read.
  commits: [{ name: "by_movies", key: { "after.movieCount": 1, _id: 1 } }],
  commit_parts: [],
  turns: [],
};

const names = { bsonType: "array", items: { bsonType: "string" } } as const;

/** What every movie must be; `features`, and what later releases add, is free. */
const MOVIE_SCHEMA: Document = {
  bsonType: "object",
  required: ["_id", "commit", "feed", "revision"],
  properties: {
    _id: { bsonType: "string" },
    commit: { bsonType: "number" },
    feed: { bsonType: "string" },
    revision: { bsonType: "number" },
    tenant: { bsonType: "string" },
    id: { bsonType: "string" },
    textDigest: { bsonType: "string" },
    titleKey: { bsonType: "string" },
    releaseYear: { bsonType: "number" },
    terms: names,
    encoded: names,
    vectors: { bsonType: "object", additionalProperties: { bsonType: "binData" } },
    movie: {
      bsonType: "object",
      required: ["id"],
      properties: {
        id: { bsonType: "string" },
        title: { bsonType: "string" },
        releaseYear: { bsonType: "number" },
        genres: names,
        credits: { bsonType: "array", items: { bsonType: "object", required: ["personId"] } },
        features: { bsonType: "object" },
      },
    },
  },
  dependencies: { tenant: ["id", "movie", "textDigest", "titleKey", "terms", "encoded"] },
};

/** What later releases want of a collection is added here; nothing that is there is taken away. */
export async function ensureCatalogSchema(db: Db): Promise<void> {
  for (const [name, indexes] of Object.entries(INDEXES)) {
    await createCollection(db, name);
    // One by one and only those that are not there: FerretDB v1 fails over a list of which some are.
    const present = new Set((await db.collection(name).indexes()).map((index) => index.name));
    for (const index of indexes) if (!present.has(index.name)) await db.collection(name).createIndexes([index]);
  }
  await validate(db, "movies", MOVIE_SCHEMA);
}

async function createCollection(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    if (!hasCode(error, NAMESPACE_EXISTS)) throw error;
  }
}

async function validate(db: Db, collection: string, schema: Document): Promise<void> {
  try {
    await db.command({ collMod: collection, validator: { $jsonSchema: schema }, validationLevel: "strict" });
  } catch (error) {
    // FerretDB v1 has no validation. What we write is valid; only what others write is not refused there.
    if (!hasCode(error, NOT_IMPLEMENTED) && !hasCode(error, COMMAND_NOT_FOUND)) throw error;
  }
}

const NAMESPACE_EXISTS = 48;
const COMMAND_NOT_FOUND = 59;
const NOT_IMPLEMENTED = 238;

function hasCode(error: unknown, code: number): boolean {
  return error instanceof MongoServerError && error.code === code;
}
