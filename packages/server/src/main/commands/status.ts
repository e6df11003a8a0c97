import { toJson } from "@bufbuild/protobuf";
import { CatalogStatusSchema } from "@cinedeepmatch/contract";
import type { Command } from "commander";
import { type CommandContext, EXIT_HELP, inContext, processContext, runAction } from "./command-context.js";
import { addConnectionOptions, type ConnectionFlags, withClient } from "./connection.js";

interface StatusFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `cinedeepmatch status`: says how far the catalogue is. */
export function addStatusCommand(program: Command, context: CommandContext = processContext): void {
  const command = program.command("status").description("show how far the catalogue is");
  addConnectionOptions(inContext(command, context).option("--json", "print it as JSON"))
    .addHelpText("after", EXIT_HELP)
    .action((flags: StatusFlags) => runAction(context, () => showStatus(flags, context)));
}

async function showStatus(flags: StatusFlags, { env, stdout }: CommandContext): Promise<undefined> {
  const status = await withClient(flags, env, (client) => client.catalog.getStatus());
  if (flags.json) {
    stdout.write(`${JSON.stringify(toJson(CatalogStatusSchema, status, { alwaysEmitImplicit: true }))}\n`);
    return;
  }
  const { movieCount, encodedCount, personCount, revision, readyWorkerCount } = status;
  const facts: [string, string][] = [
    ["Movies", movieCount.toLocaleString("en")],
    ["Ready to match", encodedCount.toLocaleString("en")],
    ["People", personCount.toLocaleString("en")],
    ["Model workers", readyWorkerCount.toLocaleString("en")],
    ["Revision", String(revision)],
  ];
  stdout.write(facts.map(([name, value]) => `${name.padEnd(15)} ${value}\n`).join(""));
}
