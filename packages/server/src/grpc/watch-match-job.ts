import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { type MatchJobResult, MovieSchema } from "@cinedeepmatch/contract";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { JobOwner, MatchJobStore, StoredJobResult, StoredMatchJob } from "../matching/match-job-store.js";
import { maskedFields, pickFields } from "./field-mask.js";

/** What is watched. */
export interface WatchedJob {
  readonly owner: JobOwner;
  readonly id: string;
  readonly afterIndex: number | undefined;
}

/** A job as it is now, or one of its results. */
export type JobUpdate = { readonly job: StoredMatchJob } | { readonly result: MatchJobResult };

const RESULTS_PER_READ = 50;
/** How soon a result is seen that another server has stored. */
const LOOK_MS = 250;

/** Follows a job until it has ended and everything of it was told. Undefined where there is none. */
export async function* watchMatchJob(
  { jobs, catalog }: { readonly jobs: MatchJobStore; readonly catalog: CatalogStore },
  { owner, id, afterIndex = -1 }: WatchedJob,
  signal: AbortSignal,
): AsyncGenerator<JobUpdate | undefined, void, undefined> {
  let after = afterIndex;
  for (let told = ""; !signal.aborted; ) {
    // Before its results: when this says that the job has ended, they are all there.
    const job = await jobs.get(owner, id);
    if (job === undefined) return yield undefined;
    const results = await jobs.resultsAfter(owner, id, after, RESULTS_PER_READ);
    const hasEnded = job.endedAt !== undefined && results.length === 0;
    const progress = JSON.stringify(job);
    const isNews = told === "" || (progress !== told && job.endedAt === undefined);
    if (isNews || hasEnded) yield { job };
    told = progress;
    if (hasEnded) return;
    for (const result of await withMovies(catalog, owner.tenant, results)) yield { result };
    after = results.at(-1)?.result.index ?? after;
    if (results.length === 0) await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

/** Adds the movies as they are now; results whose movies have been deleted are left out. */
async function withMovies(
  catalog: CatalogStore,
  tenant: string,
  stored: readonly StoredJobResult[],
): Promise<MatchJobResult[]> {
  const ids = stored.flatMap(({ result }) => result.response?.results.map(({ movie }) => movie?.id ?? "") ?? []);
  const movies = await catalog.getMovies(tenant, [...new Set(ids)]);
  return stored.map(({ readMask, result }) => {
    if (result.response === undefined) return result;
    const fields = maskedFields(MovieSchema, create(FieldMaskSchema, { paths: [...readMask] }), "read_mask");
    const results = result.response.results.flatMap((each) => {
      const movie = movies.get(each.movie?.id ?? "");
      return movie === undefined ? [] : { ...each, movie: pickFields(MovieSchema, movie, fields) };
    });
    return { ...result, response: { ...result.response, results } };
  });
}
