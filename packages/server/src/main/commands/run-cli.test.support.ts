import { PassThrough } from "node:stream";
import { Command } from "commander";
import { tempFolder } from "../../importing/read-all.test.support.js";
import type { CommandContext } from "./command-context.js";
import { addEvalCommand } from "./eval.js";
import { addImportCommand } from "./import.js";
import { addLearnCommand } from "./learn.js";
import { addMatchCommand } from "./match.js";
import { addModelCommand } from "./model.js";
import { addMovieCommand } from "./movie.js";
import { addQueueCommand } from "./queue.js";
import { addStatusCommand } from "./status.js";

/** What a run of the CLI came to. */
export interface CliRun {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

class Exited extends Error {}

/** Runs the client commands within this process, in an environment of their own. */
export async function runCli(args: string[], env: NodeJS.ProcessEnv = {}, cli?: string): Promise<CliRun> {
  const [stdout, stderr] = [collect(), collect()];
  let code: number | undefined;
  const setExitCode = (newCode: number) => {
    code = newCode;
  };
  const exit = (newCode: number) => {
    code = newCode;
    throw new Exited();
  };
  // No data directory of this machine may lend its token to a test.
  const own = { CINEDEEPMATCH_DATA_DIR: await tempFolder(), ...env };
  const context: CommandContext = { env: own, stdout: stdout.stream, stderr: stderr.stream, exit, setExitCode };
  const program = new Command("cinedeepmatch");
  const commands = [
    addImportCommand,
    addLearnCommand,
    addMatchCommand,
    addModelCommand,
    addMovieCommand,
    addQueueCommand,
    addStatusCommand,
  ];
  for (const add of commands) add(program, context);
  addEvalCommand(program, context, cli);
  await program.parseAsync(args, { from: "user" }).catch((error: unknown) => {
    if (!(error instanceof Exited)) throw error;
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collect() {
  const chunks: string[] = [];
  const stream = new PassThrough({ encoding: "utf8" });
  stream.on("data", (chunk: string) => chunks.push(chunk));
  return {
    stream,
    text: () => {
      const rest = stream.read() as string | null;
      return chunks.join("") + (rest ?? "");
    },
  };
}
