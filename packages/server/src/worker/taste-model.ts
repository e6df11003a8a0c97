import { FACTS, movieFacts } from "../matching/movie-facts.js";
import type { ModelRef } from "../matching/taste-models.js";
import { ItemMatrix } from "../onnx/item-matrix.js";
import type { HistoryBatch, TasteQueries, TasteSession } from "../onnx/taste-session.js";
import type { CatalogReplica } from "./catalog-replica.js";

const ROWS_AT_ONCE = 512;

/** An event as a taste model reads it. */
export interface TasteEvent {
  readonly movieId: string;
  /** From -1 to 1. */
  readonly weight: number;
  readonly ageSeconds: number;
}

/** A registered taste model, loaded beside one replica: it knows every movie of it, also those that came after it. */
export class TasteModel {
  readonly ref: ModelRef;
  /** A behavioural vector for each ordinal of the replica. */
  readonly rows: ItemMatrix;
  readonly #session: TasteSession;
  readonly #replica: CatalogReplica;
  /** From 1; 0 stands for unknown movies. */
  readonly #itemOf: ReadonlyMap<string, number>;
  readonly #idOf: readonly string[];
  readonly #stale = new Set<number>();
  readonly #stop: () => void;
  readonly #sum: Float64Array;
  #counted = 0;
  #projecting: Promise<void> | undefined;
  #closed = false;
  #users = 0;
  #unused: (() => void) | undefined;

  private constructor(parts: {
    ref: ModelRef;
    session: TasteSession;
    items: readonly string[];
    replica: CatalogReplica;
  }) {
    this.ref = parts.ref;
    this.#session = parts.session;
    this.#replica = parts.replica;
    this.#idOf = parts.items;
    this.#itemOf = new Map(parts.items.map((id, index) => [id, index + 1]));
    this.rows = new ItemMatrix(parts.session.sizes.dimension);
    this.#sum = new Float64Array(parts.session.sizes.dimension);
    this.#stop = parts.replica.onVector((ordinal) => this.#refresh(ordinal));
  }

  /** Resolves once every movie of the replica has its row. */
  static async load(parts: {
    ref: ModelRef;
    session: TasteSession;
    items: readonly string[];
    replica: CatalogReplica;
  }): Promise<TasteModel> {
    const model = new TasteModel(parts);
    for (let ordinal = 0; ordinal < parts.replica.ordinalCount; ordinal++) model.#stale.add(ordinal);
    await model.#project();
    return model;
  }

  /** Keeps the model from being closed until what comes back is called. */
  hold(): () => void {
    this.#users++;
    return () => {
      if (--this.#users === 0) this.#unused?.();
    };
  }

  /** What the model makes of histories, each newest event first. Rejects with `InferenceError`. */
  rank(histories: readonly (readonly TasteEvent[])[]): Promise<TasteQueries> {
    return this.#session.rank(this.#toBatch(histories));
  }

  /** The movie of a line of items.txt, where the replica has it. */
  ordinalOf(item: number): number | undefined {
    const id = item > 0 ? this.#idOf[item - 1] : undefined;
    return id === undefined ? undefined : this.#replica.ordinalOf(id);
  }

  /** The score that a movie has in the mean. */
  meanScore(query: Float32Array): number {
    let sum = 0;
    for (let at = 0; at < query.length; at++) sum += (query[at] as number) * (this.#sum[at] as number);
    return sum / (this.#counted || 1);
  }

  /** Waits until nobody uses it any more and gives the memory back. */
  async close(): Promise<void> {
    if (this.#users > 0) {
      await new Promise<void>((resolve) => {
        this.#unused = resolve;
      });
    }
    this.#closed = true;
    this.#stop();
    await this.#projecting?.catch(() => {});
    await this.#session.close();
  }

  #toBatch(histories: readonly (readonly TasteEvent[])[]): HistoryBatch {
    const { events, content } = this.#session.sizes;
    const batch = histories.length;
    const vectors = new Float32Array(batch * events * content);
    const [weights, ages] = [new Float32Array(batch * events), new Float32Array(batch * events)];
    const items = new Int32Array(batch * events);
    histories.forEach((history, row) => {
      history.slice(0, events).forEach(({ movieId, weight, ageSeconds }, back) => {
        const at = (row + 1) * events - 1 - back;
        const ordinal = this.#replica.ordinalOf(movieId);
        const vector = ordinal === undefined ? undefined : this.#replica.matrix.row(ordinal);
        if (vector !== undefined) vectors.set(vector, at * content);
        items[at] = this.#itemOf.get(movieId) ?? 0;
        weights[at] = weight;
        ages[at] = ageSeconds;
      });
    });
    return { batch, vectors, items, weights, ages };
  }

  /** An ordinal may go from one movie to another: its old row is gone at once. */
  #refresh(ordinal: number): void {
    this.#removeRow(ordinal);
    this.#stale.add(ordinal);
    this.#projecting ??= this.#project()
      .catch(() => {})
      .finally(() => {
        this.#projecting = undefined;
      });
  }

  async #project(): Promise<void> {
    const { content, dimension } = this.#session.sizes;
    while (this.#stale.size > 0 && !this.#closed) {
      const ordinals = [...this.#stale].slice(0, ROWS_AT_ONCE);
      for (const ordinal of ordinals) this.#stale.delete(ordinal);
      const wanted = ordinals.filter((ordinal) => this.#replica.matrix.has(ordinal));
      if (wanted.length === 0) continue;
      const vectors = new Float32Array(wanted.length * content);
      const facts = new Float32Array(wanted.length * FACTS);
      const items = new Int32Array(wanted.length);
      wanted.forEach((ordinal, row) => {
        vectors.set(this.#replica.matrix.row(ordinal) ?? [], row * content);
        const record = this.#replica.record(ordinal);
        if (record === undefined) return;
        facts.set(movieFacts(record), row * FACTS);
        items[row] = this.#itemOf.get(record.id) ?? 0;
      });
      const rows = await this.#session.project({ vectors, facts, items });
      wanted.forEach((ordinal, row) => {
        // What has changed meanwhile is projected anew.
        if (this.#stale.has(ordinal)) return;
        this.#setRow(ordinal, rows.subarray(row * dimension, (row + 1) * dimension));
      });
    }
  }

  #setRow(ordinal: number, row: Float32Array): void {
    this.#removeRow(ordinal);
    this.rows.set(ordinal, row);
    this.#counted++;
    for (const [at, value] of row.entries()) this.#sum[at] = (this.#sum[at] as number) + value;
  }

  #removeRow(ordinal: number): void {
    const row = this.rows.row(ordinal);
    if (row === undefined) return;
    this.#counted--;
    for (const [at, value] of row.entries()) this.#sum[at] = (this.#sum[at] as number) - value;
    this.rows.remove(ordinal);
  }
}
