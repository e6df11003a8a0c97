import type { MatchHit, MatchReply, MatchWork } from "../matching/match-work.js";
import type { TasteOutcome } from "../matching/taste-models.js";
import { type Ranking, type RankingParts, rankMovies } from "./rank-movies.js";
import type { TasteModel } from "./taste-model.js";
import type { TenantModels } from "./tenant-models.js";
import type { TenantCopy } from "./tenant-replicas.js";

type Parts = Pick<RankingParts, "inference" | "encoder">;

/** Shadows rank beside what people wait for: no more than these at once, so that they take little from it. */
const MOST_SHADOWS = 2;
const running = new WeakMap<TenantModels, number>();

/** Ranks with the model that the ticket is meant for, and lets the shadow rank as well. */
export async function rankWithModels(
  work: MatchWork,
  { replica, models }: TenantCopy,
  parts: Parts,
  signal: AbortSignal,
): Promise<Omit<MatchReply, "model" | "timings"> & { encodeMs: number; rankMs: number }> {
  const tasteModel = models.find(work.taste?.answers);
  const ranking = await holding(tasteModel, () => rankMovies(work, { replica, ...parts, tasteModel }, signal));
  const { judgedBy, tasteFailure, ...reply } = ranking;
  if (work.taste === undefined) return reply;
  const shadow = models.exactly(work.taste.shadow);
  const rankUnseen = (model: TasteModel) => rankMovies(work, { replica, ...parts, tasteModel: model }, signal);
  if (shadow !== undefined) runShadow(shadow, models, reply.hits, () => rankUnseen(shadow));
  const failed = tasteFailure !== undefined && tasteModel !== undefined ? [tasteModel.ref] : [];
  const taste: Partial<TasteOutcome> = {
    ...(judgedBy && { answered: judgedBy }),
    ms: reply.rankMs,
    failed,
    shadows: models.takeShadows(),
  };
  return { ...reply, taste };
}

/** Nobody waits for it: how it fared goes out with a later answer. */
function runShadow(
  shadow: TasteModel,
  models: TenantModels,
  answer: readonly MatchHit[],
  rank: () => Promise<Ranking>,
): void {
  const count = running.get(models) ?? 0;
  if (count >= MOST_SHADOWS) return;
  running.set(models, count + 1);
  holding(shadow, rank)
    .then(({ hits, rankMs, tasteFailure }) => {
      const agreement = tasteFailure === undefined ? commonShare(answer, hits) : 0;
      models.noteShadow({ model: shadow.ref, ms: rankMs, agreement });
    })
    // The caller gave up, or the worker stops.
    .catch(() => {})
    .finally(() => running.set(models, (running.get(models) ?? 1) - 1));
}

function commonShare(left: readonly MatchHit[], right: readonly MatchHit[]): number {
  const ids = new Set(left.map(({ movieId }) => movieId));
  const common = right.filter(({ movieId }) => ids.has(movieId)).length;
  return common / (Math.max(left.length, right.length) || 1);
}

async function holding<T>(model: TasteModel | undefined, use: () => Promise<T>): Promise<T> {
  const release = model?.hold();
  try {
    return await use();
  } finally {
    release?.();
  }
}
