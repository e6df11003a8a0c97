import { createHash } from "node:crypto";
import { type Model, ModelState } from "@cinedeepmatch/contract";
import { type ModelFolder, tasteFiles } from "@cinedeepmatch/models";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { type LoggedEvent, splitInTime } from "../../evaluation/activity/activity-log.js";
import type { Progress } from "../../importing/progress.js";
import { type LearnedModel, type LearnProgress, learn } from "../../learning/index.js";
import { manifestOf } from "../../matching/manifest-of.js";
import { movieFacts } from "../../matching/movie-facts.js";
import { modelKey } from "../../matching/taste-models.js";
import { compareModels, type ModelComparison } from "./compare-models.js";
import { contentJudge, type ModelJudge, modelJudge, replicaOf } from "./judges.js";
import { modelCard } from "./model-card.js";
import type { DeploymentData } from "./read-deployment.js";

/** How a model is to be learned of a deployment. */
export interface LearnDeploymentOptions {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly epochs?: number | undefined;
  readonly minutes?: number | undefined;
  readonly threads: number;
  /** The share of the events, the latest ones, on which models are compared. */
  readonly testShare: number;
  readonly cases: number;
}

/** A candidate, and how it stands beside what answers now. */
export interface Candidate {
  readonly model: ModelFolder;
  readonly learned: LearnedModel;
  readonly comparison: ModelComparison;
}

const BATCH = 10_000;
const CASES_OF_USER = 20;
const CARD = "MODEL_CARD.md";

/**
 * Learns a model from what happened before a time split and compares it on what came after with the model that answers
 * now, with likeness of content and with popularity.
 *
 * @throws {RangeError} when there is too little activity to learn from or to compare on
 */
export async function learnDeployment(
  data: DeploymentData,
  active: { readonly model: Model; readonly files: ReadonlyMap<string, Uint8Array> } | undefined,
  options: LearnDeploymentOptions,
  show: { readonly progress: Progress; readonly onProgress: (step: LearnProgress) => void },
): Promise<Candidate> {
  const { movies, contentModel } = data;
  const events = data.events.filter(({ movieId }) => movies.has(movieId));
  const split = splitInTime(events, { share: options.testShare, most: options.cases, mostOfUser: CASES_OF_USER });
  if (split.cases.length === 0) throw new RangeError("There is too little activity to compare models on.");
  const { name, version, licence, threads, epochs, minutes } = options;
  const { name: encoder, version: encoderVersion, dimension } = contentModel;
  const learned = await learn({
    events: inBatches<LoggedEvent>(split.before),
    movies: inBatches([...movies].map(([id, movie]) => ({ id, vector: movie.vector, facts: movieFacts(movie) }))),
    options: {
      name,
      version,
      licence,
      threads,
      contentModel: { name: encoder, version: encoderVersion, dimension },
      ...(epochs !== undefined && { epochs }),
      ...(minutes !== undefined && { minutes }),
    },
    onProgress: show.onProgress,
  });
  const replica = replicaOf(movies, dimension);
  const opened: ModelJudge[] = [];
  const open = async (...of: Parameters<typeof modelJudge>) => {
    const judge = await modelJudge(...of);
    opened.push(judge);
    return judge.judge;
  };
  try {
    const candidate = await open(learned.manifest, learned.files, replica);
    const rivals = {
      "likeness of content": contentJudge(replica),
      ...(active && { [modelKey(active.model)]: await open(manifestOf(active.model), active.files, replica) }),
    };
    const comparison = await compareModels(split, [...movies.keys()], { candidate, rivals }, show.progress);
    // What was compared has not seen the latest activity; what is served should have.
    const final = comparison.better ? await learned.recount(inBatches<LoggedEvent>(events)) : learned;
    return { model: toFolder(final, comparison), learned: final, comparison };
  } finally {
    await Promise.all(opened.map((judge) => judge.close()));
  }
}

/** The registered model that answers now, with its files; undefined where none does. */
export async function fetchActive(client: NodeClient) {
  const { models } = await client.models.list();
  const model = models.find(({ state, files, contentModel }) => {
    return (
      state === ModelState.ACTIVE && contentModel !== undefined && files.some(({ name }) => name === tasteFiles.taste)
    );
  });
  if (model === undefined) return undefined;
  const files = new Map<string, Uint8Array>();
  for (const file of Object.values(tasteFiles)) {
    const chunks: Uint8Array[] = [];
    const { name, version } = model;
    for await (const { chunk } of client.models.downloadFile({ name, version, file })) chunks.push(chunk);
    files.set(file, new Uint8Array(Buffer.concat(chunks)));
  }
  return { model, files };
}

function toFolder({ manifest, files, report }: LearnedModel, comparison: ModelComparison): ModelFolder {
  const card = new TextEncoder().encode(modelCard(modelKey(manifest), report, comparison));
  const sha256 = createHash("sha256").update(card).digest("hex");
  const contents = new Map([...files].filter(([name]) => name !== "manifest.json")).set(CARD, card);
  const { candidate, cases, users } = comparison;
  const metrics = { ...candidate, cases, users };
  const listed = { ...manifest.files, [CARD]: { sha256, bytes: card.length } };
  return { manifest: { ...manifest, metrics, files: listed }, files: contents };
}

async function* inBatches<T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}
