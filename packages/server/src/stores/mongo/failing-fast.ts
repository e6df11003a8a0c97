import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../../matching/service-error.js";
import { Outage } from "../outage.js";
import { convertMongoError } from "./convert-mongo-error.js";

const READ_MS = 1_800;

/**
 * Does what is asked of a MongoDB server so that nobody waits long for one that is away. Its errors are ServiceErrors,
 * and while the server cannot be reached only one call from time to time tries to.
 */
export class FailingFast {
  readonly #outage = new Outage();

  /** Whether the server is away. */
  get isAway(): boolean {
    return this.#outage.isOn;
  }

  /** Runs some work. The driver bounds each of its steps: see `openMongo`. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#outage.check();
    const began = performance.now();
    try {
      const result = await work();
      this.#outage.end();
      return result;
    } catch (error) {
      const converted = convertMongoError(error);
      const isAway = converted !== error || error instanceof NoAnswer;
      if (isAway && converted instanceof ServiceError) this.#outage.begin(converted, began);
      throw converted;
    }
  }

  /** Runs some reads, which are given up when they have not ended in time. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        reject(new NoAnswer(ErrorReason.STORE_UNAVAILABLE, "The MongoDB server does not answer."));
      }, READ_MS);
      try {
        return await Promise.race([work(), late]);
      } finally {
        clearTimeout(timer);
      }
    });
  }
}

class NoAnswer extends ServiceError {}
