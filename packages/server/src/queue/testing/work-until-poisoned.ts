import { writeSync } from "node:fs";
import { importKeyRing } from "@cinedeepmatch/auth";
import { Consumer } from "../consumer.js";
import { createRedisBackend } from "../redis-backend.js";

// A model worker on the Redis of the first argument, with the keys of the second, that dies of requests for the model
// "poison", at once and without a word, unless the third argument says that it is immune.
const [url = "", keys = "", immune] = process.argv.slice(2);
const log = { warn() {}, error() {} };
const consumer = new Consumer({
  backend: createRedisBackend(url, log),
  ring: importKeyRing("model", keys),
  model: "test@1",
  log,
  async handle(work, { turn }) {
    await turn();
    if (work.kind === "encode" && work.modelVersion === "poison" && immune === undefined)
      process.kill(process.pid, "SIGKILL");
    return { kind: "encode", storedCount: 1 };
  },
});
await consumer.ready();
writeSync(1, "ready\n");
